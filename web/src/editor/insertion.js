// @ts-check
// Text of several lines that comes neither as keys nor as a paste: dictation, a phone's keyboard, other programs. The browser
// would put it in line by line, laying out all of it for each; it is put in at once instead.
import { EditorView } from "@codemirror/view";

export const insertion = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { inputType, data } = event;
    if (inputType !== "insertText" || !data?.includes("\n") || !event.cancelable) return false;
    view.dispatch(view.state.replaceSelection(data), { userEvent: "input.paste", scrollIntoView: true });
    event.preventDefault();
    return true;
  },
});
