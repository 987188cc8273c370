/** A reason to stop that the user can mend: shown as one sentence, without a stack. */
export class SetupFailure extends Error {
  name = 'SetupFailure';
}
