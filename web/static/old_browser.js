// Before the page's modules, in words that old browsers read: tells which browser is needed where the page cannot run,
// and keeps it from starting. What it asks for stands for the rest: no browser that has all of it lacks module workers.
(function () {
  var needed = [
    ["WebAssembly", typeof WebAssembly === "object"],
    ["DecompressionStream", typeof DecompressionStream === "function"],
    ["Array.prototype.with", typeof [].with === "function"],
    ["light-dark() in styles", Boolean(window.CSS && CSS.supports && CSS.supports("color", "light-dark(red, red)"))]
  ];
  var missing = needed.filter(function (entry) { return !entry[1]; }).map(function (entry) { return entry[0]; });
  if (missing.length === 0) return;
  document.documentElement.setAttribute("data-missing", missing.join(", "));
  var place = document.getElementById("workbench");
  place.innerHTML = '<p class="loading" role="alert"></p>';
  place.firstChild.textContent =
    "Ferrous runs Python in your browser, and this one lacks what that needs: " + missing.join(", ") +
    ". Chrome or Edge 123, Firefox 120, Safari 17.5 and everything newer will do.";
})();
