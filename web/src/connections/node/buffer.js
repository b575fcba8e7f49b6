// @ts-check
// Node's `buffer`: the package, and the constant of Node's that clients ask for and it lacks.
import { Buffer, kMaxLength } from "buffer/";

export { Buffer, kMaxLength };
export const constants = { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: 2 ** 29 - 24 };
export default { Buffer, kMaxLength, constants };
