// Runs before the first paint, so that a dark page never flashes white. Airflow keeps its theme in localStorage.theme.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("theme");
  } catch {
    // Storage is switched off: follow the system.
  }
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.theme = theme === "dark" || theme === "light" ? theme : system;
})();
