/** Tells a person what runs now, and for how long. */
export interface Progress {
  /** Runs one step; steps may run at the same time. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** Prints a line between steps. */
  note(line: string): void;
}
