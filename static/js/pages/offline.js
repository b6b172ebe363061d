/** The page for the time without a network. It stands under the address that could not be reached. */

addEventListener("online", () => location.reload());
