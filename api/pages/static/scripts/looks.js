// How labels look: those of scale and movement have colours and shapes of their own, those of any other head are plain.

const OWN = ["scale", "movement"];

/** Whether a head has neither colours nor shapes. */
export const isPlain = (head) => !OWN.includes(head);

/** The name of a label's colour: of the property `--<name>`, and in the classes `.mark.<name>` and `.of-<name>`. */
export const colourOf = (head, label) => (isPlain(head) ? "plain" : label);
