// @ts-check
// StyLua, and how it is told to write: as it does by itself, but with two spaces, as Tab puts them in, and single quotes.
import start, { CallParenType, Config, IndentType, LuaVersion, OutputVerification, QuoteStyle, formatCode } from "@johnnymorganz/stylua/web";

/** @param {URL | BufferSource} program @returns {Promise<(text: string) => string>} what formats a script, or throws what is wrong with it */
export async function load(program) {
  await start({ module_or_path: program });
  return (text) => {
    const config = Config.new();
    config.syntax = LuaVersion.Lua51;
    config.indent_type = IndentType.Spaces;
    config.indent_width = 2;
    config.quote_style = QuoteStyle.AutoPreferSingle;
    config.call_parentheses = CallParenType.Input;
    return formatCode(text, config, undefined, OutputVerification.Full);
  };
}
