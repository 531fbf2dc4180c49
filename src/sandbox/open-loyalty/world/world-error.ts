/** A verb that the world does not allow: nothing has changed. The message is fit for whoever asked for it. */
export class WorldError extends Error {
  /** The field at fault, as the API names it. */
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.name = 'WorldError';
    this.field = field;
  }
}
