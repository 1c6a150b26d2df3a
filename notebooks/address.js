// Tells Python which page the browser's address asks for: after a click, and on back and forward.

export default {
  render({ model }) {
    const tell = () => {
      const query = location.search.slice(1);
      if (model.get("query") === query) return;
      model.set("query", query);
      model.save_changes();
    };
    window.addEventListener("popstate", tell);
    window.addEventListener("workbench:moved", tell);
    tell();
    return () => {
      window.removeEventListener("popstate", tell);
      window.removeEventListener("workbench:moved", tell);
    };
  },
};
