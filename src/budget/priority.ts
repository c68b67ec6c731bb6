/** A background call waits while an interactive one does. */
export type Priority = "interactive" | "background"
