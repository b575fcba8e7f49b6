// @ts-check
// Every dialog by its name. They are a file of their own, which the page fetches when it is at rest (later.js).
import { EngineDialog } from "./engine.js";
import { ExamplesDialog } from "./examples.js";
import { ExportDialog } from "./export.js";
import { HistoryDialog } from "./history.js";
import { KeysDialog } from "./keys.js";
import { ShareDialog } from "./share.js";
import { SnapshotsDialog } from "./snapshots.js";

/** @type {Record<Exclude<typeof import("../state.js").dialog.value, "">, () => any>} */
export const DIALOGS = {
  engine: EngineDialog,
  examples: ExamplesDialog,
  export: ExportDialog,
  history: HistoryDialog,
  keys: KeysDialog,
  share: ShareDialog,
  snapshots: SnapshotsDialog,
};
