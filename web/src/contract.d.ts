// Generated from pyodide_bridge/contract by `make contract`; do not edit.

/** Who are you? The first request, sent when the worker has loaded. */
export interface Hello {
  type: "Hello";
}

/** Answers Hello. `contract` is the version of the messages. */
export interface Welcome {
  type: "Welcome";
  contract: 3;
  engine_version: string;
  redis_version: string;
  python_version: string;
}

/** The call of a script and what it begins with. `keys` and `argv` are fields, `fixture` lines. `function` is what
FCALL calls of the library.

`fresh`: begin with an empty keyspace and the fixture, rather than with the keyspace as it is. `clock` holds the
server's clock at so many seconds, null lets it go; `seed` feeds the server's random choices. `shuffle`: replies
whose order Redis leaves open come in one that the seed decides, or chance. */
export interface ScriptCall {
  script: string;
  keys: string[];
  argv: string[];
  fixture: string;
  fresh: boolean;
  mode: "EVAL" | "EVAL_RO" | "EVALSHA" | "FCALL" | "FCALL_RO";
  function: string;
  protocol: 2 | 3;
  clock: number | null;
  seed: number | null;
  shuffle: boolean;
}

/** A call on a server that may be a node of a cluster. `cluster`: of so many nodes it is one, 0 for a server alone;
`node` says which gets the call, from 1, 0 for the one that serves its first key, as cluster clients find it; all of
the fixture is there. */
export interface ScriptRun {
  script: string;
  keys: string[];
  argv: string[];
  fixture: string;
  fresh: boolean;
  mode: "EVAL" | "EVAL_RO" | "EVALSHA" | "FCALL" | "FCALL_RO";
  function: string;
  protocol: 2 | 3;
  clock: number | null;
  seed: number | null;
  shuffle: boolean;
  cluster: number;
  node: number;
}

/** A function a library registers. */
export interface LibraryFunction {
  name: string;
  description: string;
  flags: string[];
}

/** Which functions does the library `script` register? */
export interface Functions {
  type: "Functions";
  script: string;
}

/** Answers Functions; `problem` is Redis's sentence where the library cannot be loaded, else empty. */
export interface LibraryFunctions {
  type: "LibraryFunctions";
  library: string;
  functions: LibraryFunction[];
  problem: string;
}

/** Load function libraries, each in the place of one of the same name: those beside the script that is called, for
the fixture and for the console. */
export interface LoadLibraries {
  type: "LoadLibraries";
  libraries: string[];
}

/** Answers LoadLibraries: of each Redis's sentence where it cannot be loaded, else empty. */
export interface LibrariesLoaded {
  type: "LibrariesLoaded";
  problems: string[];
}

/** What does the script call its KEYS and ARGV, and which of these fields cannot be read? */
export interface DescribeInputs {
  type: "DescribeInputs";
  script: string;
  keys: string[];
  argv: string[];
}

/** One of KEYS or ARGV. `name` is what the script says of it, "" for nothing.

`problem` is why its field cannot be read, and `literal` the field that stands for the same text; both may be empty. */
export interface Input {
  name: string;
  problem: string;
  literal: string;
}

/** Answers DescribeInputs: as many as there are fields, or as the script names where that is more. */
export interface InputsDescribed {
  type: "InputsDescribed";
  keys: Input[];
  argv: Input[];
}

/** What one client makes of the reply: `text` is the value as its language writes it, or the error it `raises`.

`call` is what was called, `notes` what a person should know of it. */
export interface ClientView {
  client: string;
  call: string;
  text: string;
  raises: boolean;
  notes: string[];
}

/** What would client libraries return for the reply of the last run? */
export interface ClientViews {
  type: "ClientViews";
}

/** Answers ClientViews: every client in order; none when no script has replied yet. */
export interface ClientReplies {
  type: "ClientReplies";
  views: ClientView[];
}

/** `size` bytes of one connection. The bytes of several pieces follow each other in `content`. */
export interface Piece {
  connection: number;
  size: number;
}

/** What has happened to the page's connections since the last one.

`opened` are new, with numbers that the page chooses and never uses again; `sent` says whose the bytes of `content`
are; `closed` are no more. `unread` says how many bytes a connection was sent that its program has not read; those
not named have read all. What connections change is no act of the workbench: it is not taken back, and neither are
the acts before it any more. */
export interface Exchange {
  type: "Exchange";
  opened: number[];
  sent: Piece[];
  closed: number[];
  unread: Piece[];
  content: Uint8Array<ArrayBuffer>;
}

/** Answers Exchange. `received` says whose the bytes of `content` are; then `ended` were closed by the server.

`wait`: so many milliseconds later the page asks again though nobody has sent anything, null: never. `changed`:
the keyspace differs from before. */
export interface Exchanged {
  type: "Exchanged";
  received: Piece[];
  ended: number[];
  wait: number | null;
  changed: boolean;
  content: Uint8Array<ArrayBuffer>;
}

/** A line typed at the console's prompt. */
export interface Console {
  type: "Console";
  line: string;
}

/** Ctrl+C: the console's connection ends, with its transaction and subscriptions, and a new one begins. */
export interface Reconnect {
  type: "Reconnect";
}

/** Answers Console and Reconnect: what redis-cli prints. `note` says where a server would have done otherwise.

`was_set`: the line changed the keyspace of the moment of a script that is debugged, so a new recording of that
begins there. */
export interface ConsoleReply {
  type: "ConsoleReply";
  text: string;
  is_error: boolean;
  note: string;
  keyspace: KeyspaceState;
  was_set: DebugWasSet | null;
}

/** What may follow a line that is being typed. */
export interface Complete {
  type: "Complete";
  line: string;
}

/** Answers Complete: the lines Tab goes through, and the arguments that redis-cli shows behind the cursor. */
export interface Completed {
  type: "Completed";
  lines: string[];
  hint: string;
}

/** What does this call cost as its data grow? It runs on servers of its own, filled with the fixture.

`grown` is the key that is made larger; null for every list, set, hash, sorted set and stream there is. With `more`,
a pattern of KEYS, none is: there are ever more keys that match it. */
export interface MeasureCost {
  type: "MeasureCost";
  script: string;
  keys: string[];
  argv: string[];
  fixture: string;
  grown?: string | null;
  more?: string;
  mode?: "EVAL" | "EVAL_RO" | "EVALSHA" | "FCALL" | "FCALL_RO";
  function?: string;
  protocol?: 2 | 3;
  clock?: number | null;
  seed?: number | null;
}

/** What one call did: `elements` of the data that its commands touched, `values` inside replies, `library` elements
and blocks of strings that library functions went through; what that comes to on a server. */
export interface CallCost {
  instructions: number;
  commands: number;
  elements: number;
  values: number;
  library: number;
  microseconds: number;
}

/** The cost of a call where the grown keys have so many elements. */
export interface SizedCost {
  size: number;
  cost: CallCost;
}

/** How one of the counts grows: `growth` such as O(log n). */
export interface CountGrowth {
  count: "instructions" | "commands" | "elements" | "values" | "library";
  growth: string;
}

/** A key of the fixture that can be made larger. */
export interface GrowingKey {
  key: string;
  type: string;
}

/** Answers MeasureCost.

`call` is on the fixture as it is, `error` the error it ended with, "" for none. `sizes` are the same on ever larger
`grown` keys, or with ever more that match that pattern, `growths` how each count grows, `growth` the highest of
them, "" if it is not known; `note` what is to be known besides. `keys` can be made larger, and of `families`,
patterns that several keys match, there can be more. `problem` is where the fixture failed: then nothing else is
told. */
export interface CostMeasured {
  type: "CostMeasured";
  call: CallCost | null;
  error: string;
  sizes: SizedCost[];
  growths: CountGrowth[];
  growth: string;
  grown: string[];
  keys: GrowingKey[];
  families: string[];
  note: string;
  problem: Problem | null;
}

/** A Lua value of a script that is debugged. `token` names it to DebugExpand; null when there is no more to see.

`size` counts the bytes of a string, the entries of a table. */
export interface DebugValue {
  kind: string;
  text: string;
  token: string | null;
  size: number | null;
}

/** A local, an upvalue, or an entry of a table: then the name is its key, as text.

`changed`: it is not what it was at the moment shown before. */
export interface DebugVariable {
  name: string;
  value: DebugValue;
  changed: boolean;
}

/** One level of the call stack; `line` is null for a function that is not Lua's, or of another text than the script,
`varargs` what `...` is. */
export interface DebugFrame {
  function: string;
  line: number | null;
  locals: DebugVariable[];
  upvalues: DebugVariable[];
  varargs: DebugVariable[];
}

/** Debug a script. It is recorded, to its end or as far as limits and Stop let it, and shown at its beginning: after
`patience` seconds at the latest, and the recording pauses; null: when it is at its end.

One script is debugged at a time. Until DebugEnd the keyspace is as at the moment shown; whatever else would change
it (Run, Undo, Load) ends the session first, and takes back what the script did. Console works on the keyspace of
that moment: what writes begins a new recording there, and what no script could issue is refused.

`again`: record the last run once more, from where it began, if it is that of this call and nothing but it has
changed the keyspace since: all it does is taken back at the end. Otherwise `note` says which run it is. */
export interface Debug {
  type: "Debug";
  script: string;
  keys: string[];
  argv: string[];
  fixture?: string;
  fresh?: boolean;
  mode?: "EVAL" | "EVAL_RO" | "EVALSHA" | "FCALL" | "FCALL_RO";
  function?: string;
  protocol?: 2 | 3;
  clock?: number | null;
  seed?: number | null;
  shuffle?: boolean;
  cluster?: number;
  node?: number;
  patience?: number | null;
  again?: boolean;
}

/** A script stops where it begins `line`: if a `condition`, which is a Lua expression, holds there, and from the
`hits`th time on that it does (0: always). With a `log` it does not stop, but that text is told, what stands between
{ and } being Lua expressions. One that fails is told, and there it stops. */
export interface LineBreakpoint {
  line: number;
  condition: string;
  hits: number;
  log: string;
}

/** A script stops before each command that does that with `key`: read it, change it, or find it expired. */
export interface KeyBreakpoint {
  key: string;
  on: "read" | "written" | "expired" | "touched";
}

/** A script stops where the value of `expression` is another than at the line before, in the function that is
defined on line `function` (0: the script itself; -1: wherever it can be evaluated). */
export interface ChangeBreakpoint {
  expression: string;
  function: number;
}

/** Where a script that is debugged stops. `errors`: before each step that raises one, or one that nobody catches. */
export interface Breakpoints {
  lines: LineBreakpoint[];
  keys: KeyBreakpoint[];
  changes: ChangeBreakpoint[];
  errors: "none" | "uncaught" | "all";
}

/** All that breakpoints meet in a recorded script: evaluated there, and taken back. And where the script stops by
itself, with redis.breakpoint(), and what it shows its debugger, with redis.debug(...). */
export interface DebugHits {
  type: "DebugHits";
  breakpoints: Breakpoints;
}

/** One of them: the moment, the line that comes next, and what is to be said: the text of a log or of redis.debug,
or why it stops. */
export interface DebugHit {
  moment: number;
  line: number | null;
  text: string;
  is_log: boolean;
  is_error: boolean;
}

/** Answers DebugHits: the first of them, and how many there are. `is_whole`: all places were looked at. If the
search was interrupted, it is gone on with when this is asked again. */
export interface DebugHitList {
  type: "DebugHitList";
  hits: DebugHit[];
  count: number;
  is_whole: boolean;
  is_interrupted: boolean;
}

/** Go elsewhere, forwards or `backwards`. `into` goes to the next place where Lua begins a line; `over` to the next
of this function or its callers, `out` of its callers, `same line` of this line; `continue` to the next of
the `breakpoints`, at which the others stop too. Where there is none, it is the end, or the beginning.
`moment` goes to the moment `moment`, or the nearest there is, `command` to where the command of that number is
about to be issued, `log` to where the log's line of that number is about to be written, and `error` to where the
last error is about to be raised. `tick` goes to the next of the ticks of `lane`, those of `key` where it is
"writes"; with a `moment` to the one that is nearest to it. Interrupted, it is a moment on the way.

`record` stays where it is, and goes on with a recording that pauses: for `moment` milliseconds, after which it
pauses again, as it does where it is interrupted. Others go on with it where they may lead beyond what is recorded.

`known` is the `number` of the last answer, if nothing that was told in this session has been forgotten since: what
it told is not told again. 0 asks for all. */
export interface DebugMove {
  type: "DebugMove";
  how: "into" | "over" | "out" | "same line" | "continue" | "moment" | "command" | "log" | "error" | "tick" | "record";
  backwards: boolean;
  breakpoints: Breakpoints;
  moment: number;
  known?: number;
  lane?: "commands" | "errors" | "log" | "breakpoints" | "writes";
  key?: string;
}

/** When what happened in a recorded script, between the moments `first` and `last`: counted in so many `buckets`.
`key` is the one whose writes are counted. */
export interface DebugTimeline {
  type: "DebugTimeline";
  first: number;
  last: number;
  buckets: number;
  key: string;
  breakpoints: Breakpoints;
}

/** One kind of what happens, each a tick at the moment before it: `count` in all of the recording, `counts` for each
bucket. `is_whole`: not all places could be looked at. */
export interface DebugLane {
  name: "commands" | "errors" | "log" | "breakpoints" | "writes";
  count: number;
  counts: number[];
  is_whole: boolean;
}

/** Answers DebugTimeline. The moments from `first` to `last` are divided evenly: one that is n after `first` is in
the bucket n * buckets // (last - first + 1). There are no more buckets than moments. `keys` are those that commands
of the script change, the most often changed first; `key` the one that was asked about, or the first of them where
no command changes it. */
export interface DebugTimelineShown {
  type: "DebugTimelineShown";
  first: number;
  last: number;
  lanes: DebugLane[];
  keys: string[];
  key: string;
}

/** What the last command issued so far changed: its number, 0 for none; the first of `count` keys. */
export interface LastChange {
  command: number;
  changes: KeyChange[];
  count: number;
}

/** Answers Debug and DebugMove: the script between two of its steps. `number` counts the answers of a session.

`outcome`: "open"; or "fixture" or "error" when nothing could be debugged, and `problem` tells why. Moments count
from 1 to `last`; `ended` tells why there are no more: the script ended there, or the recording was as long as it
may be, kept as much memory, was interrupted, or pauses there. `finished`: the script has ended here, and `reply` is
its reply, `explanation` what an error in it means, and `stack` where the script raised that. `changes` and `log`
are those so far, the first keys only; `changed` counts all of these. `commands_issued` commands were issued so far,
of `commands_total` that were recorded; the last are shown, without the first `commands_omitted`. `frames` are the
innermost of `depth`.

`stopped` says which breakpoints it stands at, a call of redis.breakpoint() among them, or which tick of a lane.

What was told before in the session is told again only if it is not `known`: of `commands` there are those alone
that were not told, a change is null where the last answer had the same in its place, and so is the log as a whole,
and `last_change`.

`seed` is what the recording's random choices are fed with. `again`: it is the last run once more, and all it
does is taken back. `note`: what is to be known of it besides, "" for nothing. */
export interface DebugMoment {
  type: "DebugMoment";
  number: number;
  outcome: "open" | "fixture" | "error";
  problem: Problem | null;
  moment: number;
  last: number;
  ended: "script" | "moments" | "time" | "memory" | "interrupt" | "pause";
  finished: boolean;
  line: number | null;
  depth: number;
  stopped: string;
  frames: DebugFrame[];
  commands: CommandTrace[];
  commands_omitted: number;
  commands_issued: number;
  commands_total: number;
  last_change: LastChange | null;
  changes: (KeyChange | null)[];
  changed: ChangeCounts;
  log: LogLine[] | null;
  log_omitted: number;
  reply: ReplyView | null;
  explanation: ErrorExplanation | null;
  stack: StackLevel[];
  now: number;
  keys: number;
  seed: number;
  again: boolean;
  note: string;
}

/** On which lines of a script a debugger may stop. */
export interface CodeLines {
  type: "CodeLines";
  script: string;
}

/** Answers CodeLines: the lines that have code, in their order; none where the script does not compile. */
export interface LinesWithCode {
  type: "LinesWithCode";
  lines: number[];
}

/** What is inside the value `token`, from entry (of a string: byte) `offset` on. */
export interface DebugExpand {
  type: "DebugExpand";
  token: string;
  offset: number;
}

/** Answers DebugExpand; `more` tells whether there are entries behind these. */
export interface DebugContent {
  type: "DebugContent";
  entries: DebugVariable[];
  more: boolean;
}

/** End the session. Where the script has finished, what it did is kept, unless that is to be taken back; elsewhere
all is taken back. */
export interface DebugEnd {
  type: "DebugEnd";
  take_back?: boolean;
}

/** Answers DebugEnd. */
export interface DebugEnded {
  type: "DebugEnded";
  kept: boolean;
  keyspace: KeyspaceState;
}

/** Replace the text between two offsets; offsets count UTF-16 units, as JavaScript does. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/** Something the linter found between two offsets of the script.

`allowable` says whether a comment can silence it: what does not compile cannot be allowed. `fix_title` is empty
where it offers no fix. */
export interface Diagnostic {
  rule: string;
  severity: "error" | "warning" | "info";
  allowable: boolean;
  message: string;
  start: number;
  end: number;
  line: number;
  fix_title: string;
  fix_edits: TextEdit[];
}

/** A rule of the linter: why it speaks, and its page with an example. */
export interface RuleReference {
  name: string;
  reason: string;
  documentation: string;
}

/** A Redis command as its documentation describes it; `allowed` says whether scripts may call it. */
export interface CommandReference {
  name: string;
  syntax: string;
  summary: string;
  since: string;
  group: string;
  complexity: string;
  allowed: boolean;
  writes: boolean;
}

/** What is wrong with a script, without running it, on the workbench's server or those that the script names.

`at_rest`: nobody is typing, so there is time to try whether a command does all that the script does; without it,
of what was tried before is told. */
export interface Lint {
  type: "Lint";
  script: string;
  at_rest?: boolean;
}

/** Answers Lint, in the order of the script. */
export interface Linted {
  type: "Linted";
  diagnostics: Diagnostic[];
}

/** What the editor can explain: asked once. */
export interface Reference {
  type: "Reference";
}

/** Answers Reference. */
export interface ReferenceBook {
  type: "ReferenceBook";
  commands: CommandReference[];
  rules: RuleReference[];
}

/** What is wrong with the lines of a fixture; `clock` holds the server's clock at so many seconds. */
export interface CheckFixture {
  type: "CheckFixture";
  lines: string;
  clock?: number | null;
}

/** Answers CheckFixture: all that is wrong, in the order of the lines, and where it was not looked any further. */
export interface FixtureChecked {
  type: "FixtureChecked";
  diagnostics: Diagnostic[];
}

/** What Lua expressions are worth in the frame `level` of the stack at the moment shown, 0 being the innermost; with
a `thread`, of the stack of that coroutine.

They see its variables, and their commands work on the keyspace of the moment. Everything they do is taken back, and
one that does not end is cut. Statements are carried out as well; `return` tells their results. */
export interface DebugEvaluate {
  type: "DebugEvaluate";
  expressions: string[];
  level: number;
  thread?: string;
}

/** The results of one expression, or the `problem` it met; "" where there was none. */
export interface Evaluated {
  values: DebugValue[];
  problem: string;
}

/** Answers DebugEvaluate, one result an expression. */
export interface DebugEvaluated {
  type: "DebugEvaluated";
  results: Evaluated[];
}

/** What the variables of the frame `level` hold, by the lines on which they got it. */
export interface DebugLineValues {
  type: "DebugLineValues";
  level: number;
}

/** The variables that got their values on a line. */
export interface LineValues {
  line: number;
  variables: DebugVariable[];
}

/** Answers DebugLineValues, in the order of lines. */
export interface DebugLinesShown {
  type: "DebugLinesShown";
  lines: LineValues[];
}

/** KEYS, ARGV, the globals and the coroutines at the moment shown. */
export interface DebugGlobals {
  type: "DebugGlobals";
}

/** A coroutine that does not run: suspended, or waiting for another that it resumed (normal). `token` names it. */
export interface DebugCoroutine {
  token: string;
  status: string;
  frames: DebugFrame[];
}

/** Answers DebugGlobals. */
export interface DebugGlobalsShown {
  type: "DebugGlobalsShown";
  variables: DebugVariable[];
  coroutines: DebugCoroutine[];
  coroutines_omitted: number;
}

/** Give the variable `name` of the frame `level`, or what is behind it by the `path` of keys, the value of the Lua
expression `expression`, as if the assignment stood here: what else the expression does is done too. A new recording
begins from here, shown right after; the one before is left to compare. With `take_back` what was set last is taken
back, and nothing is set. */
export interface DebugSet {
  type: "DebugSet";
  name: string;
  level: number;
  path: string[];
  expression: string;
  take_back?: boolean;
}

/** Answers DebugSet: where the script stands in the new recording, what is set in it, and the replies of the script,
before and now, "" where it has none. With a `problem` nothing is set, and `moment` is null. */
export interface DebugWasSet {
  type: "DebugWasSet";
  moment: DebugMoment | null;
  problem: string;
  settings: string[];
  before: string;
  now: string;
}

/** The call of the page in one form of export. `text` is empty where that form cannot carry it; `note` says why.

`file_name` is what it is saved as, empty where it is no file of its own. */
export interface Snippet {
  form: string;
  title: string;
  text: string;
  note: string;
  file_name: string;
}

/** A test of the script: its name, and what RunTest asks of it besides the script. */
export interface ExportedTest {
  name: string;
  keys: string[];
  argv: string[];
  fixture: string;
  reply: string | null;
  keyspace: string | null;
  mode: "EVAL" | "EVAL_RO" | "EVALSHA" | "FCALL" | "FCALL_RO";
  function: string;
  protocol: 2 | 3;
  clock: number | null;
  seed: number | null;
}

/** The call of a script, and its tests, as text for elsewhere.

`keys` and `argv` are fields; `name` is what the script is called. */
export interface Export {
  type: "Export";
  script: string;
  keys: string[];
  argv: string[];
  name: string;
  mode?: "EVAL" | "EVAL_RO" | "EVALSHA" | "FCALL" | "FCALL_RO";
  function?: string;
  protocol?: 2 | 3;
  tests?: ExportedTest[];
}

/** Answers Export: every form in order; `file_name` is what they call the file of the script. */
export interface Exported {
  type: "Exported";
  snippets: Snippet[];
  file_name: string;
}

/** What becomes of a script? With `is_library` it is the text of one. */
export interface Inside {
  type: "Inside";
  script: string;
  is_library?: boolean;
}

/** A line of a listing, which comes from `line` of the script; null for none. */
export interface InsideLine {
  line: number | null;
  depth: number;
  text: string;
}

/** A function as the machine runs it: what it is, and its instructions, one a line. */
export interface InsideFunction {
  title: string;
  instructions: InsideLine[];
}

/** Answers Inside. `problem` says why there is nothing, or no Python; "" where all is there. `omitted` counts lines
of the three that are left out. */
export interface InsideShown {
  type: "InsideShown";
  functions: InsideFunction[];
  tree: InsideLine[];
  python: InsideLine[];
  problem: string;
  omitted: number;
}

/** Where does the machine stand in the frame `level` of the script that is debugged? */
export interface DebugRegisters {
  type: "DebugRegisters";
  level: number;
}

/** Answers DebugRegisters: the function, as it is numbered in Inside, the instruction that comes next, and what the
registers hold, named where a variable is in them. `function` is -1 where there is none. */
export interface DebugRegistersShown {
  type: "DebugRegistersShown";
  function: number;
  pc: number;
  registers: DebugVariable[];
}

/** Something that a key was made of. `text` names it: `KEYS[1]`, a command, a library function; `line` is where the
script took it, null where that is not known. */
export interface KeySource {
  kind: "KEYS" | "ARGV" | "literal" | "stored" | "time" | "decoded" | "made";
  text: string;
  line: number | null;
}

/** One key that was declared or used. `commands` are those that named it, none for a key that was only declared;
`line` is where that was first. `sources` is empty where nothing is known of them. `tag` is its hash tag. */
export interface KeyOrigin {
  key: string;
  declared: boolean;
  slot: number;
  tag: string | null;
  commands: string[];
  line: number | null;
  sources: KeySource[];
}

/** What one kind of server says to these keys. `source` is where its vendor documents that. */
export interface TargetVerdict {
  target: string;
  verdict: "accepts" | "may refuse" | "refuses";
  reason: string;
  source: string;
}

/** A key as it is called, and as it would be called to lie in the slot of the others. */
export interface KeyName {
  before: string;
  after: string;
}

/** Run the script once more to find out where its keys come from. All is taken back. */
export interface KeyReport {
  type: "KeyReport";
  script: string;
  keys: string[];
  argv: string[];
  fixture?: string;
  fresh?: boolean;
  mode?: "EVAL" | "EVAL_RO" | "EVALSHA" | "FCALL" | "FCALL_RO";
  function?: string;
  protocol?: 2 | 3;
  clock?: number | null;
  seed?: number | null;
  shuffle?: boolean;
}

/** Answers KeyReport. Of `all` keys the first are told of, declared ones before others; `undeclared` and `slots`
count them all. `proposal` are names with a hash tag that lie in one slot, empty where they do already. `note`: what
is to be known besides, "" for nothing. */
export interface KeyReportShown {
  type: "KeyReportShown";
  keys: KeyOrigin[];
  all: number;
  undeclared: number;
  slots: number;
  proposal: KeyName[];
  verdicts: TargetVerdict[];
  note: string;
}

/** Which keys does a script name, without running it? */
export interface ScriptKeys {
  type: "ScriptKeys";
  script: string;
}

/** A key as the script writes it, `text`. `means`: what the variable of that name is given, where it is one thing.
`declared`: whether it is one of KEYS. `sources`: what it is made of. `slot` is null where nobody can know it;
`commands` name it, on `lines`. */
export interface ScriptKey {
  text: string;
  means: string;
  declared: "yes" | "no" | "unknown";
  sources: string[];
  slot: number | null;
  commands: string[];
  lines: number[];
}

/** Answers ScriptKeys. Of `all` keys the first are told of, in the order of the script; `undeclared` counts all that
are not in KEYS. `problem`: why there are none, where the script does not compile; else "". */
export interface ScriptKeysShown {
  type: "ScriptKeysShown";
  keys: ScriptKey[];
  all: number;
  undeclared: number;
  problem: string;
}

/** How one key is made again: `lines` of commands, or none when the key is gone.

It crosses beside the answers, and the page does not look at it: web/src/worker/keeper.js does. */
export interface Recreation {
  database: number;
  key: string;
  lines: string[];
}

/** Something that changed the keyspace: a run, the fixture before it, a console command, a load. No other act has
its number, and it keeps it when it is taken back and done again. */
export interface DoneAct {
  number: number;
  name: string;
}

/** The keyspace after a request: how many keys there are, how many of them changed, and what can be taken back.

`undoable` are the acts that Undo takes back, `redoable` those that Redo does again, each with the next one last.
`prompt` is the console's, empty while it reads messages, and `arrived` those it was sent meanwhile, as redis-cli
prints them. `clock` is where the server's clock is held, in seconds, null while it goes; it stands at `now`, and
the next key expires at `next_expiry`, both in milliseconds. */
export interface KeyspaceState {
  keys: number;
  changed: number;
  undoable: DoneAct[];
  redoable: DoneAct[];
  prompt: string;
  arrived: string;
  clock: number | null;
  now: number;
  next_expiry: number | null;
}

/** One place where two long values differ: the way to it in a structure (``.user.tags[2]``), or ``byte 512``. The
sides are null where nothing stands there; `lead` and `tail` are the bytes around it. */
export interface Difference {
  place: string;
  before: string | null;
  after: string | null;
  lead: string;
  tail: string;
}

/** An element of a key before and after; null where it was, or is, not there.

With a `form` both values are long: `before` and `after` are their sizes, `places` where they differ, as what they
were taken for, and `more` says that there are others. JSON and MessagePack without a place differ in writing only. */
export interface ElementChange {
  element: string;
  before: string | null;
  after: string | null;
  form: "" | "text" | "binary" | "JSON" | "MessagePack";
  places: Difference[];
  more: string;
}

/** What a run did to one key. Types are null where the key did not exist, expiries where it does not expire.

Only the first elements are listed; `omitted` says how many more changed. */
export interface KeyChange {
  database: number;
  key: string;
  type_before: string | null;
  type_after: string | null;
  expiry_before: number | null;
  expiry_after: number | null;
  elements: ElementChange[];
  omitted: number;
}

/** Keys that changed, and how many of them are new or gone. */
export interface ChangeCounts {
  keys: number;
  created: number;
  deleted: number;
}

/** More of what the last run changed, from key `offset` on, of those whose names hold `search`. */
export interface MoreChanges {
  type: "MoreChanges";
  search: string;
  offset: number;
}

/** Answers MoreChanges. `total` keys are meant, `omitted` of them come behind these. `is_gone`: the keyspace is no
longer as the run left it, and nobody can tell. */
export interface ChangePart {
  type: "ChangePart";
  changes: KeyChange[];
  total: number;
  omitted: number;
  is_gone: boolean;
}

/** One key in the browser; `size` counts elements, of a string bytes.

Of the kind "namespace" it is the beginning that several keys share, up to a colon, and `size` counts the keys. */
export interface KeySummary {
  key: string;
  kind: string;
  encoding: string;
  size: number;
  expiry: number | null;
}

/** Take back the last act that changed the keyspace. */
export interface Undo {
  type: "Undo";
}

/** Answers Undo; `what` names what was taken back, and is empty when there was nothing. */
export interface Undone {
  type: "Undone";
  what: string;
  keyspace: KeyspaceState;
}

/** Do again the act that Undo took back last: what it did then, not what it would do now. A new act forgets it. */
export interface Redo {
  type: "Redo";
}

/** Answers Redo; `what` names what was done again, and is empty when there was nothing. */
export interface Redone {
  type: "Redone";
  what: string;
  keyspace: KeyspaceState;
}

/** Hold the server's clock at so many seconds, or let it go (null): keys whose time has come then are gone. That is
an act, while keys that expire as time goes by are nobody's. */
export interface SetClock {
  type: "SetClock";
  clock: number | null;
}

/** Answers SetClock. */
export interface ClockSet {
  type: "ClockSet";
  keyspace: KeyspaceState;
}

/** Carry out `lines` of commands; `fresh` empties the keyspace first. On a problem everything is as it was.

Without `undoable` this is how the keyspace begins: neither it nor what was before can be taken back. */
export interface Load {
  type: "Load";
  lines: Uint8Array<ArrayBuffer>;
  fresh: boolean;
  undoable?: boolean;
}

/** Answers Load. */
export interface Loaded {
  type: "Loaded";
  problem: Problem | null;
  keyspace: KeyspaceState;
}

/** Keys of a database, sorted, from `offset` on: whose name contains `search`, or matches it where it is a pattern
like that of KEYS, and of the type `kind` unless "". With `in_values` also keys that hold the text, in an element or
the name of one. With a `namespace` (a field; "" for the outermost) what stands directly within it: the namespaces,
then the keys. */
export interface Browse {
  type: "Browse";
  database: number;
  search: string;
  kind: string;
  offset: number;
  limit: number;
  namespace?: string | null;
  in_values?: boolean;
}

/** Answers Browse. `total` counts the keys found; `databases` lists those that hold keys. */
export interface KeyPage {
  type: "KeyPage";
  total: number;
  rows: KeySummary[];
  databases: number[];
  now: number;
}

/** The content of one key (a field), from element `offset` on of those that hold the text `search`. */
export interface Inspect {
  type: "Inspect";
  database: number;
  key: string;
  offset: number;
  limit: number;
  search?: string;
}

/** An element: what `columns` names of it, and the number that Look knows it by. One that is not `whole` is cut. */
export interface KeyRow {
  fields: string[];
  place: number;
  whole: boolean;
}

/** Answers Inspect. `summary` is null when there is no such key; `found` counts the elements that hold the text. */
export interface KeyContent {
  type: "KeyContent";
  summary: KeySummary | null;
  columns: string[];
  rows: KeyRow[];
  found: number;
  lines: string[];
}

/** The keyspace and the function libraries as an RDB file. */
export interface SaveRdb {
  type: "SaveRdb";
}

/** Answers SaveRdb. */
export interface RdbFile {
  type: "RdbFile";
  content: Uint8Array<ArrayBuffer>;
}

/** Hold what the RDB file `content` holds, and nothing else. Loaded answers it. */
export interface LoadRdb {
  type: "LoadRdb";
  content: Uint8Array<ArrayBuffer>;
}

/** How the keyspace differs from the one that `lines` make. */
export interface Compare {
  type: "Compare";
  lines: Uint8Array<ArrayBuffer>;
}

/** Answers Compare; the side before is that of the lines. `omitted` counts the keys that are not listed.

`problem` is where a line failed: then nothing was compared. `now` is the server's clock. */
export interface Compared {
  type: "Compared";
  differences: KeyChange[];
  omitted: number;
  problem: Problem | null;
  now: number;
}

/** Who wrote what, seen from the moment shown.

`of`: a "variable" `name` of the frame `level`, or what is behind it by the `path` of keys, as Lua writes them; a
"key" `name` of the database `database`, or its element `element`; the "reply"; or what was wrong in the "error"
with which the script ended. */
export interface DebugOrigin {
  type: "DebugOrigin";
  of: "variable" | "key" | "reply" | "error";
  name?: string;
  level?: number;
  path?: string[];
  database?: number;
  element?: string | null;
}

/** A line of the script that a moment stands at, within the functions of the levels around it. */
export interface OriginPlace {
  function: string;
  line: number;
}

/** One write: the `moment` at which its line is next, what was written, the `command` that did it ("" for none), and
the stack, innermost first. `when`: the last one before the moment shown, the next one after it, or another. */
export interface OriginWrite {
  moment: number;
  when: "last" | "next" | "";
  text: string;
  command: string;
  stack: OriginPlace[];
}

/** One place on the way of the value, the latest first: a sentence about it, and where it is. */
export interface OriginLink {
  moment: number;
  line: number | null;
  text: string;
  is_end: boolean;
}

/** Answers DebugOrigin.

`title`: of what. `writes`: the nearest of `writes_total`, in their order. `links`: the way of the value, from here
back. `problem`: why there is nothing to tell, "" where there is. `note`: what is to be known besides. */
export interface DebugOriginShown {
  type: "DebugOriginShown";
  title: string;
  writes: OriginWrite[];
  writes_total: number;
  links: OriginLink[];
  problem: string;
  note: string;
}

/** Is the text a session of redis-cli, what MONITOR or SLOWLOG printed, a call of a script, or an error of one?
`scripts` are those of the work, for an error that names its script by the SHA-1. */
export interface Recognise {
  type: "Recognise";
  text: string;
  scripts?: string[];
}

/** A call of a script; `script` is null where the text does not hold it, `keys` and `argv` are fields.

`fixture` is lines of the commands before it, in its database. */
export interface PastedCall {
  script: string | null;
  keys: string[];
  argv: string[];
  mode: "EVAL" | "EVAL_RO" | "EVALSHA" | "FCALL" | "FCALL_RO";
  function: string;
  protocol: 2 | 3;
  fixture: string;
}

/** Where an error of a script was: its line from 1, and which of the scripts that were asked about it is, from 0;
null where the error does not say or it is none of them. */
export interface PastedPlace {
  line: number;
  script: number | null;
}

/** Answers Recognise: `form` is empty for any other text, and `about` says in a sentence what it is.

`fixture` is lines of the commands that write and are not refused; `call` is the last call of a script among them,
`place` where an error was. */
export interface Recognised {
  type: "Recognised";
  form: "" | "session" | "monitor" | "call" | "slowlog" | "error";
  about: string;
  fixture: string;
  call: PastedCall | null;
  place: PastedPlace | null;
}

/** The request could not be understood or carried out; `message` is for the person at the page. */
export interface Failure {
  type: "Failure";
  message: string;
}

/** Something wrong in a text, and on which of its lines (from 1); `line` is null where there is none. */
export interface Problem {
  line: number | null;
  message: string;
}

/** Where does the time of the script that is debugged go? It is run once more to find out. */
export interface DebugProfile {
  type: "DebugProfile";
}

/** Where does the time of a run go? It is run once more to find out, from where it began, and all that is taken
back; if it was not the last run, or the keyspace has changed since, one is run that begins now, as `note` says. */
export interface RunProfile {
  type: "RunProfile";
  script: string;
  keys: string[];
  argv: string[];
  fixture?: string;
  fresh?: boolean;
  mode?: "EVAL" | "EVAL_RO" | "EVALSHA" | "FCALL" | "FCALL_RO";
  function?: string;
  protocol?: 2 | 3;
  clock?: number | null;
  seed?: number | null;
  shuffle?: boolean;
  cluster?: number;
  node?: number;
}

/** A line with code: how often it was executed, its instructions, commands, and the tables, functions and strings it
made. `branches` counts of each condition on it how often it went on and how often it jumped. `milliseconds` are
those at work on it, in commands and library functions too, but not in Lua functions that it calls. */
export interface LineProfile {
  line: number;
  count: number;
  instructions: number;
  commands: number;
  made: number;
  branches: number[][];
  milliseconds: number;
}

/** A function: its calls, the instructions of its own and with all it called, its commands, and the milliseconds
that its own lines took and that it took with all it called. */
export interface FunctionProfile {
  function: string;
  line: number;
  calls: number;
  own: number;
  total: number;
  commands: number;
  milliseconds: number;
  total_milliseconds: number;
}

/** A function in the place where it was called: `total` instructions from `start` on, `depth` calls deep, which took
so many milliseconds. */
export interface FlameBar {
  function: string;
  line: number;
  depth: number;
  start: number;
  total: number;
  calls: number;
  milliseconds: number;
}

/** A command: how often, and the milliseconds that all of them took, from the call of redis.call on. */
export interface CommandCost {
  name: string;
  count: number;
  milliseconds: number;
}

/** Objects of one type: made in its course (tables by whomever, the others by its instructions), and alive at its
end. */
export interface ObjectCount {
  kind: string;
  made: number;
  live: number;
}

/** Answers both. What is counted comes from a run that is traced, times from another one that is not: they
are this engine's, the clock being read where a line begins. `note`: what is to be known besides, "" for nothing. */
export interface DebugProfileShown {
  type: "DebugProfileShown";
  instructions: number;
  milliseconds: number;
  lines: LineProfile[];
  functions: FunctionProfile[];
  flame: FlameBar[];
  commands: CommandCost[];
  objects: ObjectCount[];
  note: string;
}

/** One value within a reply, outermost first; `depth` counts from 0.

`label` tells its place in the aggregate around it. `text` is how redis-cli would print it alone, `resp` its bytes
on the wire, or those of its header, as one field. */
export interface ReplyNode {
  depth: number;
  kind: string;
  label: string;
  text: string;
  resp: string;
  count: number;
}

/** A reply: as redis-cli prints it, and value by value. `bytes` is its length on the wire.

A long reply is cut: `text_left` says what `text` leaves out, empty for nothing; `nodes` holds its beginning, and
`omitted` counts the elements that are left out, not what is in them. */
export interface ReplyView {
  text: string;
  text_left: string;
  is_error: boolean;
  bytes: number;
  nodes: ReplyNode[];
  omitted: number;
}

/** More values of the last reply, from the one with the number `offset` on. */
export interface MoreReply {
  type: "MoreReply";
  offset: number;
}

/** Answers MoreReply; `omitted` counts the elements that are left out behind these. */
export interface ReplyPart {
  type: "ReplyPart";
  nodes: ReplyNode[];
  omitted: number;
}

/** What the script wrote with redis.log: `level` is 0 debug, 1 verbose, 2 notice, 3 warning. Lines count from 1. */
export interface LogLine {
  number: number;
  level: number;
  message: string;
  line: number | null;
}

/** One Redis command the script issued, and which of them, from 1. `command` is a line; `reply` is what redis-cli
would print. Both are cut when long.

`lua` is what the script got for it, as Lua would write it. An error is swallowed when the script went on, and does
not reply it. `milliseconds` counts from the command before, or from the script's beginning. `keys` are those it
names. */
export interface CommandTrace {
  number: number;
  line: number | null;
  command: string;
  reply: string;
  lua: string;
  is_error: boolean;
  is_swallowed: boolean;
  is_write: boolean;
  keys: string[];
  milliseconds: number;
}

/** How often a line issued a command, how often that failed, and how long it took in all. */
export interface CommandCount {
  command: string;
  line: number | null;
  calls: number;
  errors: number;
  milliseconds: number;
}

/** All keys a script was given or used: how many, how many of them undeclared, and their cluster hash slots; the
slots of those declared, and how many of the undeclared lie `elsewhere`, in none of these. */
export interface AccessCounts {
  keys: number;
  undeclared: number;
  slots: number;
  declared_slots: number;
  elsewhere: number;
}

/** What the script did to one key, over all its commands. `failures` counts those that named it and answered an
error. `slot` is its cluster hash slot. */
export interface KeyAccess {
  key: string;
  declared: boolean;
  reads: number;
  writes: number;
  failures: number;
  slot: number;
}

/** A value that became another on its way into a command ("argument"), into Lua ("reply"), in a "library", or to the
client.

`where` tells which: `argument 2 of SET`, `GET`, a path in the result such as `[2][1]`. `loses` tells whether
something was lost, or only its type changed. `count` is how often that happened on the line; `line` is null where
it is not known. */
export interface Conversion {
  direction: "argument" | "reply" | "library" | "result";
  line: number | null;
  where: string;
  before: string;
  after: string;
  message: string;
  loses: boolean;
  count: number;
}

/** One level of the call stack: what Lua calls its chunk, `user_script` or `user_function`, `[C]` for a library
function, `(tail call)`, or the beginning of code that was loaded; and its line, null where there is none. */
export interface StackLevel {
  place: string;
  line: number | null;
}

/** An error reply in plain words: what happened, with argument and value, and what to do. `name` is of its row. */
export interface ErrorExplanation {
  name: string;
  what: string;
  advice: string;
}

/** Run a script. `dry`: take every change back at the end. Whatever interrupts the run, the keyspace is then as
before. */
export interface Run {
  type: "Run";
  script: string;
  keys: string[];
  argv: string[];
  fixture?: string;
  fresh?: boolean;
  mode?: "EVAL" | "EVAL_RO" | "EVALSHA" | "FCALL" | "FCALL_RO";
  function?: string;
  protocol?: 2 | 3;
  clock?: number | null;
  seed?: number | null;
  shuffle?: boolean;
  cluster?: number;
  node?: number;
  dry?: boolean;
}

/** Answers Run. `outcome`: "ok"; "error", an error reply; "fixture", that failed and nothing ran; "interrupted":
there is no reply, all else tells of the script up to there, and `changes` of what was taken back then.

What is long is cut, and counted whole: `changes` are those of the first of `changed` keys; `trace` and `log` have
the first and the last, and of the commands between those that failed; `accesses` are those of the first keys.
`stack` is where an error or an interrupt found the script, the innermost level first. `problem` is where the error
is in the script, or in the fixture; `explanation` explains that of a script. `now` is the server's clock. `act` is
the number of what it did to the keyspace, null where nothing of that is left. */
export interface Ran {
  type: "Ran";
  outcome: "ok" | "error" | "fixture" | "interrupted";
  reply: ReplyView | null;
  problem: Problem | null;
  explanation: ErrorExplanation | null;
  stack: StackLevel[];
  changes: KeyChange[];
  changed: ChangeCounts;
  log: LogLine[];
  log_omitted: number;
  trace: CommandTrace[];
  trace_omitted: number;
  command_counts: CommandCount[];
  accesses: KeyAccess[];
  access_counts: AccessCounts;
  conversions: Conversion[];
  milliseconds: number;
  sha1: string;
  now: number;
  act: number | null;
  keyspace: KeyspaceState;
}

/** A script of the work: a scenario may speak of it by its name. */
export interface ScenarioScript {
  name: string;
  source: string;
}

/** A scenario as text (`ferrous_vm/scenarios/reading.py`), beside the scripts of the work; `seed` feeds chance. */
export interface ScenarioText {
  scenario: string;
  scripts: ScenarioScript[];
  seed: number;
}

/** What is wrong with the text? */
export interface CheckScenario {
  type: "CheckScenario";
  scenario: string;
  scripts: ScenarioScript[];
  seed?: number;
}

/** Answers CheckScenario: the first mistake, if there is one, and how many clients and steps there are. */
export interface ScenarioChecked {
  type: "ScenarioChecked";
  problem: Problem | null;
  clients: number;
  steps: number;
}

/** Carry out the first `steps` of a scenario on a server of its own; null is all. Without steps of its own its
clients go on in turn. Nothing of the page's keyspace is touched. */
export interface RunScenario {
  type: "RunScenario";
  scenario: string;
  scripts: ScenarioScript[];
  seed?: number;
  steps?: number | null;
}

/** What was expected of a reply or a key, and came otherwise, as redis-cli prints it. */
export interface UnmetExpectation {
  about: string;
  expected: string;
  got: string;
}

/** A step, and what came of it.

`text` is the step as the text of a scenario says it, `at` is in milliseconds since the scenario began, `line`
that of the step in the text, 0 where it has none there; `kind` is what `ferrous_vm/scenarios/scenario.py`
calls it. `reply` is what redis-cli prints, null where there is none; it `is_cut` where that is longer. `told`
is what the client told of itself. `is_expected`: something is expected of it, and `unmet` is what does not
hold of that. `passed_over` says why it was not possible, `broken` what should not be, and is since. `changes`
are those of the keyspace, `omitted` of which more keys. `calls`: a script is called, which can be debugged. */
export interface ScenarioStep {
  text: string;
  at: number;
  client: string;
  kind: string;
  line: number;
  sentence: string;
  reply: string | null;
  is_cut: boolean;
  told: string[];
  is_expected: boolean;
  unmet: UnmetExpectation[];
  passed_over: string;
  broken: string;
  changes: KeyChange[];
  omitted: number;
  calls: boolean;
}

/** What a line of the scenario wants drawn: a number at each moment, null where there is none. `problem` is the
first that came of it. */
export interface ScenarioChart {
  expression: string;
  line: number;
  values: (number | null)[];
  problem: string;
}

/** A key at the moment shown; `left` are the milliseconds after which it expires. */
export interface ScenarioKey {
  database: number;
  key: string;
  kind: string;
  value: string;
  left: number | null;
}

/** Answers RunScenario. `problem` is what is wrong in the text, or could not be gone on with; the steps up to
there are told. `omitted` steps came before the `steps`; of all of them `failed` were not as expected or broke
something, and `is_expected` says whether anything is expected of one. `next` is the step that comes, "" after
the last one. The keys are those of the moment, `at` so many milliseconds; `keys_omitted` more there are.
`broken` is what should not be before the first step. It `is_stopped` where Stop or a limit has ended it.
`moments` are those before, between and after the steps, in milliseconds since the scenario began; the first of
them comes after `first_moment` steps, and the charts have a value for each. */
export interface ScenarioRan {
  type: "ScenarioRan";
  problem: Problem | null;
  title: string;
  clients: string[];
  steps: ScenarioStep[];
  omitted: number;
  failed: number;
  is_expected: boolean;
  next: string;
  at: number;
  keys: ScenarioKey[];
  keys_omitted: number;
  broken: string;
  is_stopped: boolean;
  first_moment: number;
  moments: number[];
  charts: ScenarioChart[];
}

/** What are the keys after so many `steps`? They were carried out before, so nothing comes of it that was not seen;
what came after them stays carried out. */
export interface ScenarioMoment {
  type: "ScenarioMoment";
  scenario: string;
  scripts: ScenarioScript[];
  seed?: number;
  steps?: number;
}

/** Answers ScenarioMoment, after `steps` steps. */
export interface ScenarioMomentShown {
  type: "ScenarioMomentShown";
  steps: number;
  at: number;
  keys: ScenarioKey[];
  keys_omitted: number;
}

/** Try every order of what its clients do and of what may happen, up to `budget` events. */
export interface ExploreScenario {
  type: "ExploreScenario";
  scenario: string;
  scripts: ScenarioScript[];
  seed?: number;
  budget?: number;
}

/** An order that fails, shrunk. `scenario` is the text that replays it: with the scripts it calls, and its steps. */
export interface ScenarioFailure {
  broken: string;
  scenario: string;
  ran: ScenarioRan;
}

/** Answers ExploreScenario. `statement` says what was found and what was covered, and no more than that.

`problem` is why there was nothing to explore, with an empty verdict. It `is_stopped` where Stop or a limit has
ended it. */
export interface ScenarioExplored {
  type: "ScenarioExplored";
  problem: Problem | null;
  title: string;
  verdict: "" | "holds" | "broken" | "undecided";
  statement: string;
  events: number;
  positions: number;
  depth: number;
  seconds: number;
  failure: ScenarioFailure | null;
  is_stopped: boolean;
}

/** What does step number `step`, from 1, call, and with what keyspace? */
export interface ScenarioCall {
  type: "ScenarioCall";
  scenario: string;
  scripts: ScenarioScript[];
  seed?: number;
  step?: number;
}

/** Answers ScenarioCall: all that a run of this one call needs, as fields and lines of the page. `name` is what the
scenario calls the script, "" where it has no name. */
export interface ScenarioCallShown {
  type: "ScenarioCallShown";
  name: string;
  script: string;
  keys: string[];
  argv: string[];
  mode: "EVAL" | "EVAL_RO" | "EVALSHA" | "FCALL" | "FCALL_RO";
  function: string;
  fixture: string;
  clock: number;
  seed: number;
}

/** Everything runs on this server from now on. It begins with the keyspace there is, as far as it can hold that. */
export interface SetServer {
  type: "SetServer";
  server: "redis-6.2" | "redis-7.0" | "redis-7.2" | "redis-7.4" | "redis-8.0" | "redis-8.2" | "redis-8.6" | "valkey-8.0" | "valkey-8.1" | "valkey-9.0" | "valkey-9.1";
}

/** A key that the server cannot hold, as a field, and why not. */
export interface NotHeld {
  database: number;
  key: string;
  reason: string;
}

/** Answers SetServer. `not_held` are the first of the keys that are gone by that, `omitted` is how many more.

What can be undone is forgotten with the server that knew it. */
export interface ServerSet {
  type: "ServerSet";
  server: "redis-6.2" | "redis-7.0" | "redis-7.2" | "redis-7.4" | "redis-8.0" | "redis-8.2" | "redis-8.6" | "valkey-8.0" | "valkey-8.1" | "valkey-9.0" | "valkey-9.1";
  not_held: NotHeld[];
  omitted: number;
  keyspace: KeyspaceState;
}

/** Run a script on one server, on a keyspace of its own, and compare it with those it has run on since the `first`.

Without `fresh` each begins with the keyspace as it is, as far as it holds that. */
export interface RunOnServer {
  type: "RunOnServer";
  script: string;
  keys: string[];
  argv: string[];
  fixture?: string;
  fresh?: boolean;
  mode?: "EVAL" | "EVAL_RO" | "EVALSHA" | "FCALL" | "FCALL_RO";
  function?: string;
  protocol?: 2 | 3;
  clock?: number | null;
  seed?: number | null;
  shuffle?: boolean;
  cluster?: number;
  node?: number;
  server?: "redis-6.2" | "redis-7.0" | "redis-7.2" | "redis-7.4" | "redis-8.0" | "redis-8.2" | "redis-8.6" | "valkey-8.0" | "valkey-8.1" | "valkey-9.0" | "valkey-9.1";
  first?: boolean;
}

/** Find the rules that make this server answer otherwise than the one everything runs on, in what was compared. */
export interface ExplainServer {
  type: "ExplainServer";
  server: "redis-6.2" | "redis-7.0" | "redis-7.2" | "redis-7.4" | "redis-8.0" | "redis-8.2" | "redis-8.6" | "valkey-8.0" | "valkey-8.1" | "valkey-9.0" | "valkey-9.1";
}

/** Servers that answer the same, and do the same. */
export interface ServerColumn {
  servers: ("redis-6.2" | "redis-7.0" | "redis-7.2" | "redis-7.4" | "redis-8.0" | "redis-8.2" | "redis-8.6" | "valkey-8.0" | "valkey-8.1" | "valkey-9.0" | "valkey-9.1")[];
  verdict: "ok" | "error" | "fixture" | "interrupted";
}

/** A rule that makes a difference, where it stands in the servers' source, and the columns it was found for. */
export interface Reason {
  rule: string;
  text: string;
  source: string;
  columns: number[];
}

/** One part of the outcome that is not the same everywhere, and how it is in each column, null where it is not.

`name` is that of a key, `number` that of a command, from 1; of a key it is the database. `line` is the script's. */
export interface ServerRow {
  kind: "reply" | "error" | "log" | "command" | "key";
  number: number;
  name: string;
  line: number | null;
  cells: (string | null)[];
  reasons: Reason[];
}

/** A part that is the same on all servers. */
export interface SamePart {
  kind: "reply" | "error" | "log" | "command" | "key";
  number: number;
  name: string;
  text: string;
}

/** Answers RunOnServer and ExplainServer: the columns, what differs, what is the same, and how much is left out. */
export interface ServersCompared {
  type: "ServersCompared";
  columns: ServerColumn[];
  rows: ServerRow[];
  omitted: number;
  same: SamePart[];
  same_omitted: number;
}

/** Run a script on a keyspace of its own and compare what it does with what is expected.

`reply` is the text redis-cli prints, `keyspace` lines that make the keyspace expected afterwards; null where
nothing is expected. The function `libraries` are loaded first, so that the fixture may call them. Without a `clock`
the computer's is taken; without a `seed` it is 0. `server` is the one it runs on, null for that of the page. */
export interface RunTest {
  type: "RunTest";
  script: string;
  keys: string[];
  argv: string[];
  fixture: string;
  reply?: string | null;
  keyspace?: string | null;
  mode?: "EVAL" | "EVAL_RO" | "EVALSHA" | "FCALL" | "FCALL_RO";
  function?: string;
  protocol?: 2 | 3;
  clock?: number | null;
  seed?: number | null;
  server?: "redis-6.2" | "redis-7.0" | "redis-7.2" | "redis-7.4" | "redis-8.0" | "redis-8.2" | "redis-8.6" | "valkey-8.0" | "valkey-8.1" | "valkey-9.0" | "valkey-9.1" | null;
  libraries?: string[];
}

/** Answers RunTest. `outcome` besides passed and failed: what stopped it, the fixture or the lines expected.

`reply` and `keyspace` are what came, in the form a test expects them. In `differences` the side before is what was
expected. `problem` is where the fixture, or the expected keyspace, failed. */
export interface TestRan {
  type: "TestRan";
  outcome: "passed" | "failed" | "fixture" | "expectation" | "interrupted";
  reply: string;
  reply_matches: boolean;
  differences: KeyChange[];
  omitted: number;
  keyspace: string;
  problem: Problem | null;
  clock: number;
  milliseconds: number;
}

/** What the bytes of one value may mean.

Of the last reply the value with the number `place`, the whole of it being 0; or of `key` (a field) the element with
the number `place`, counted as Inspect without a search counts them. */
export interface Look {
  type: "Look";
  of: "reply" | "key";
  place: number;
  database?: number;
  key?: string;
}

/** A value as text of one kind, cut where it is too long: `omitted` characters of it are left out. */
export interface ValueForm {
  name: "Text" | "JSON" | "MessagePack" | "Hex";
  text: string;
  omitted: number;
}

/** Answers Look: the forms that make sense of the value, the one that says most first. None where there is no such
value. */
export interface Looked {
  type: "Looked";
  forms: ValueForm[];
}

/** Change a key where it is seen, as one act that Undo takes back. `key`, `element` and `value` are fields.

create: a key of the type `kind` with one element. add, set, remove: an element, which `element` names: a field, a
member, the index of a list, an identifier of a stream. `renamed` is what a field or member is called from now on,
null for as before. expire: `value` milliseconds from now, "" for never. rename: to `value`, which is no key yet. */
export interface EditKey {
  type: "EditKey";
  database: number;
  key: string;
  how: "create" | "add" | "set" | "remove" | "expire" | "delete" | "rename";
  kind?: string;
  element?: string;
  value?: string;
  renamed?: string | null;
}

/** Answers EditKey; with a `problem` (a sentence of Redis, as a rule) everything is as it was. */
export interface KeyEdited {
  type: "KeyEdited";
  problem: string;
  keyspace: KeyspaceState;
}

/** A call of a script, as a line. `at` is Unix milliseconds by the server's clock, `took` microseconds; `script` is
its SHA-1, or the function's name. `keys` and `argv` are written as in the fields of the page, the first of them,
and cut; `more_words` counts those left out. `reply` is redis-cli's text, cut. */
export interface LiveCall {
  number: number;
  at: number;
  took: number;
  client: string;
  command: string;
  script: string;
  keys: string[];
  argv: string[];
  more_words: number;
  reply: string;
  is_error: boolean;
}

/** Calls that came since the last message, in their order. `missed` came too, and are not told for their number. */
export interface LiveCalls {
  type: "LiveCalls";
  calls: LiveCall[];
  missed: number;
}

/** A call in full, as JSON of a work; empty where it is not to be had, and `problem` says why. */
export interface LiveCallOpened {
  type: "LiveCallOpened";
  number: number;
  work: string;
  problem: string;
}

/** The call that waits at a breakpoint for what the page says; None where none does any more. */
export interface LiveHeld {
  type: "LiveHeld";
  call: LiveCall | null;
}

/** The scripts that the page named have been heard: their calls stop from now on, and for this page no others. */
export interface LiveStops {
  type: "LiveStops";
  names: string[];
}

export interface ResponseOf {
  Hello: Welcome;
  Functions: LibraryFunctions;
  LoadLibraries: LibrariesLoaded;
  DescribeInputs: InputsDescribed;
  ClientViews: ClientReplies;
  Exchange: Exchanged;
  Console: ConsoleReply;
  Reconnect: ConsoleReply;
  Complete: Completed;
  MeasureCost: CostMeasured;
  CodeLines: LinesWithCode;
  Debug: DebugMoment;
  DebugMove: DebugMoment;
  DebugHits: DebugHitList;
  DebugTimeline: DebugTimelineShown;
  DebugExpand: DebugContent;
  DebugEnd: DebugEnded;
  Lint: Linted;
  Reference: ReferenceBook;
  CheckFixture: FixtureChecked;
  DebugEvaluate: DebugEvaluated;
  DebugLineValues: DebugLinesShown;
  DebugGlobals: DebugGlobalsShown;
  DebugSet: DebugWasSet;
  Export: Exported;
  Inside: InsideShown;
  DebugRegisters: DebugRegistersShown;
  KeyReport: KeyReportShown;
  ScriptKeys: ScriptKeysShown;
  Undo: Undone;
  Redo: Redone;
  SetClock: ClockSet;
  Load: Loaded;
  Browse: KeyPage;
  Inspect: KeyContent;
  SaveRdb: RdbFile;
  LoadRdb: Loaded;
  Compare: Compared;
  MoreChanges: ChangePart;
  DebugOrigin: DebugOriginShown;
  Recognise: Recognised;
  DebugProfile: DebugProfileShown;
  RunProfile: DebugProfileShown;
  MoreReply: ReplyPart;
  Run: Ran;
  CheckScenario: ScenarioChecked;
  RunScenario: ScenarioRan;
  ScenarioMoment: ScenarioMomentShown;
  ExploreScenario: ScenarioExplored;
  ScenarioCall: ScenarioCallShown;
  SetServer: ServerSet;
  RunOnServer: ServersCompared;
  ExplainServer: ServersCompared;
  RunTest: TestRan;
  Look: Looked;
  EditKey: KeyEdited;
}

export type Request = Hello | Functions | LoadLibraries | DescribeInputs | ClientViews | Exchange | Console | Reconnect | Complete | MeasureCost | CodeLines | Debug | DebugMove | DebugHits | DebugTimeline | DebugExpand | DebugEnd | Lint | Reference | CheckFixture | DebugEvaluate | DebugLineValues | DebugGlobals | DebugSet | Export | Inside | DebugRegisters | KeyReport | ScriptKeys | Undo | Redo | SetClock | Load | Browse | Inspect | SaveRdb | LoadRdb | Compare | MoreChanges | DebugOrigin | Recognise | DebugProfile | RunProfile | MoreReply | Run | CheckScenario | RunScenario | ScenarioMoment | ExploreScenario | ScenarioCall | SetServer | RunOnServer | ExplainServer | RunTest | Look | EditKey;
