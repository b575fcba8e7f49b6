// @ts-check
// Lines of a scenario that are no Lua, seen as what they are: their first word is a keyword.
import { Decoration, EditorView, MatchDecorator, ViewPlugin } from "@codemirror/view";

const word = Decoration.mark({ class: "cm-scenario-word" });

/** As ferrous_vm/scenarios/reading.py knows them, with what is expected of a step. */
const words = new MatchDecorator({
  regexp: /^-- (?:(?:scenario|about|source|given|always|at the end|sooner or later|chart|may|at most|clients|expect reply|expect key [^:]*):|(?:script|library|client|steps)\b(?= |$))/gm,
  decoration: word,
});

const marks = ViewPlugin.define(
  (view) => {
    let decorations = words.createDeco(view);
    return {
      get decorations() {
        return decorations;
      },
      update: (update) => void (decorations = words.updateDeco(update, decorations)),
    };
  },
  { decorations: (plugin) => plugin.decorations },
);

const look = EditorView.baseTheme({ ".cm-scenario-word, .cm-scenario-word *": { color: "var(--keyword)", fontStyle: "normal", fontWeight: "600" } });

export const scenarioLines = [marks, look];
