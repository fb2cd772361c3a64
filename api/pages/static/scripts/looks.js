// How labels look: scale and movement have colours and shapes of their own, any other head is plain.

const STYLED = ["scale", "movement"];

/** Whether a head has no colours and shapes of its own. */
export const isPlain = (head) => !STYLED.includes(head);

/** The name of a label's colour, as in the property `--<name>` and the classes `.mark.<name>` and `.of-<name>`. */
export const colourOf = (head, label) => (isPlain(head) ? "plain" : label);
