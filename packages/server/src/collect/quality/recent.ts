/** What became of a message that is kept nowhere: it came before, or the plan turns it away. */
export interface Turned {
  outcome: 'repeated' | 'rejected';
  reasons: string[];
  detail: string;
  name: string;
  time: number;
  receivedAt: number;
  source: string;
  channel: string;
  messageId: string;
}

const [OF_A_WORKSPACE, WORKSPACES] = [500, 1000];

/** The last messages of each workspace that were turned away, in memory alone and without their content. */
export class RecentlyTurned {
  readonly #of = new Map<string, (Turned & { number: number })[]>();
  #added = 0;

  add(workspace: string, one: Turned): void {
    let list = this.#of.get(workspace);
    if (!list) {
      if (this.#of.size >= WORKSPACES) this.#of.delete(this.#of.keys().next().value!);
      list = [];
      this.#of.set(workspace, list);
    }
    this.#added += 1;
    list.push({ ...one, number: this.#added });
    if (list.length > 2 * OF_A_WORKSPACE) list.splice(0, list.length - OF_A_WORKSPACE);
  }

  /** In the order in which they came, each with its number. */
  list(workspace: string): (Turned & { number: number })[] {
    return (this.#of.get(workspace) ?? []).slice(-OF_A_WORKSPACE);
  }
}
