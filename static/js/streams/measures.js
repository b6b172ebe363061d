/** Keeps the plots of the studio current: the server draws them, every few seconds while somebody looks. */

const EVERY = 5_000;
const AFTER_FAILURE = 20_000;
const ON_AIR = new Set(["live", "reconnecting"]);

/**
 * @param {HTMLElement} root `[data-studio]`, whose `data-measures` is where they are
 * @param {{document: Document, refresh: (url: string) => Promise<boolean>, setTimer?: Function}} deps
 */
export function mountMeasures(root, { document, refresh, setTimer = setTimeout }) {
  const look = async () => {
    const isWorthIt = !document.hidden && ON_AIR.has(root.dataset.state);
    const worked = isWorthIt ? await refresh(root.dataset.measures) : true;
    setTimer(look, worked ? EVERY : AFTER_FAILURE);
  };
  setTimer(look, EVERY);
}
