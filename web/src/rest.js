// @ts-check
// What of the page the first reply does not need: the dialogs, most panels, what helps while
// one writes, and what draws long lists. A file of its own, fetched by later.js.
import { EngineDialog } from "./dialogs/engine.js";
import { ExamplesDialog } from "./dialogs/examples.js";
import { ExportDialog } from "./dialogs/export.js";
import { HistoryDialog } from "./dialogs/history.js";
import { KeysDialog } from "./dialogs/keys.js";
import { ShareDialog } from "./dialogs/share.js";
import { SnapshotsDialog } from "./dialogs/snapshots.js";

export { debuggedValues } from "./editor/debugged_values.js";
export { AIDS } from "./editor/aids.js";
export { formatScript } from "./editor/formatting.js";
export { forgetImage, makeImageAtRest } from "./image_making.js";
export { LongList } from "./long_list.js";
export { keepWhatIsNotHeld, snapshots } from "./snapshots.js";
export { Console } from "./panels/console.js";
export { Debugger } from "./panels/debugger.js";
export { DiskFiles } from "./panels/disk_files.js";
export { EveryServer } from "./panels/every_server.js";
export { openDiskFiles, readDiskFilesAgain, writeDiskFiles } from "./actions/disk_files.js";
export { load } from "./actions/keyspace.js";
export { runOnAll } from "./actions/every_server.js";
export { runScenario } from "./actions/scenario.js";
export { beginScript, stepScript } from "./actions/scripts.js";
export { openFiles } from "./opening.js";
export { Keys } from "./panels/keys.js";
export { Keyspace } from "./panels/keyspace.js";
export { ScenarioBar, Steps } from "./panels/scenario.js";
export { HeldCall, Live } from "./panels/live.js";
export { watchCalls } from "./actions/live.js";
export { Scripts } from "./panels/scripts.js";
export { Tests } from "./panels/tests.js";
export { Trace } from "./panels/trace.js";
export { Value } from "./panels/value.js";

/** Every dialog by its name. @type {Record<Exclude<typeof import("./state.js").dialog.value, "">, () => any>} */
export const DIALOGS = {
  engine: EngineDialog,
  examples: ExamplesDialog,
  export: ExportDialog,
  history: HistoryDialog,
  keys: KeysDialog,
  share: ShareDialog,
  snapshots: SnapshotsDialog,
};
