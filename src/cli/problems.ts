import * as Data from "effect/Data"

/** The command was called wrongly, which its message says; nothing was done. It ends with 2. */
export class WrongCall extends Data.TaggedError("WrongCall")<{ readonly message: string }> {}

/** It couldn't be done, for a reason of this machine or of the answer's form. */
export class CantDo extends Data.TaggedError("CantDo")<{ readonly message: string }> {}

/** What was wrong has been printed already. */
export class Unhealthy extends Data.TaggedError("Unhealthy") {}
