// Stands in for ioredis: a command answers its own call as JSON.
const hex = (value) => Buffer.from(value).toString("hex");

export default class Redis {
  defineCommand(name, { numberOfKeys, lua }) {
    this[name] = async (...all) =>
      JSON.stringify({ script: hex(lua), keys: all.slice(0, numberOfKeys).map(hex), args: all.slice(numberOfKeys).map(hex) });
  }
  async function(load, replace, library) {
    if (`${load} ${replace}` !== "LOAD REPLACE") throw new Error("the library is not loaded");
    this.library = library;
  }
  async fcall(name, numberOfKeys, ...all) {
    const [keys, args] = [all.slice(0, numberOfKeys).map(hex), all.slice(numberOfKeys).map(hex)];
    return JSON.stringify({ script: hex(this.library), function: hex(name), keys, args });
  }
  async quit() {}
}
