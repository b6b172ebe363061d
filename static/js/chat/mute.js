/** The button of a person's card that hides them from this reader alone, in this browser. */

/**
 * @param {HTMLElement} card announces `card-shown` with whom it shows
 * @param {import("./preferences.js").Preferences} preferences
 * @returns {{reader: object}} to be set whenever it changes: nobody hides themselves
 */
export function mountMute(card, preferences) {
  const button = card.querySelector("[data-card-mute]");
  let person = null;
  let me = null;

  const show = () => {
    button.hidden = !person || person.userId === me;
    if (!person) return;
    const isMuted = preferences.isMuted(person.userId);
    const { textMute, textUnmute } = button.dataset;
    button.querySelector("[data-card-mute-text]").textContent = isMuted ? textUnmute : textMute;
  };
  card.addEventListener("card-shown", ({ detail }) => {
    person = detail;
    show();
  });
  button.addEventListener("click", () => {
    const { userId, displayName } = person;
    if (preferences.isMuted(userId)) preferences.unmute(userId);
    else preferences.mute(userId, displayName);
  });
  preferences.addEventListener("change", show);

  return {
    set reader({ userId }) {
      me = userId;
      show();
    },
  };
}
