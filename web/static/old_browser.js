// Before the page's modules, in words that old browsers read: tells which browser is needed where the page cannot run,
// and keeps it from starting. So it does where another site has put the page into a frame: there a person could be made to
// press what they do not see, and not every host can send the header that forbids it. What it asks for stands for the rest: no browser that has all of it lacks module workers.
(function () {
  var needed = [
    ["WebAssembly", typeof WebAssembly === "object"],
    ["DecompressionStream", typeof DecompressionStream === "function"],
    ["Array.prototype.with", typeof [].with === "function"],
    ["light-dark() in styles", Boolean(window.CSS && CSS.supports && CSS.supports("color", "light-dark(red, red)"))]
  ];
  var missing = needed.filter(function (entry) { return !entry[1]; }).map(function (entry) { return entry[0]; });
  var root = document.documentElement;
  var isFramed = window.top !== window.self && !root.hasAttribute("data-framable");
  if (missing.length === 0 && !isFramed) return;
  root.setAttribute("data-missing", missing.join(", ") || "a window of its own");
  var place = document.getElementById("workbench");
  place.innerHTML = '<p class="loading" role="alert"></p>';
  if (isFramed) {
    place.firstChild.innerHTML = '<a target="_blank" rel="noopener">Open Ferrous in a window of its own</a>: it does not work inside other pages.';
    place.firstChild.firstChild.href = location.href;
    return;
  }
  place.firstChild.textContent =
    "Ferrous runs Python in your browser, and this one lacks what that needs: " + missing.join(", ") +
    ". Chrome or Edge 123, Firefox 120, Safari 17.5 and everything newer will do.";
})();
