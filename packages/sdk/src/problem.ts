/** What went wrong, in a word that programs can tell apart. */
export type ProblemCode =
  /** A call of the page could not be understood, or threw. */
  | 'bad_call'
  /** The device has no room: what comes now is lost with the page. */
  | 'storage_full'
  /** The queue is full: its oldest messages were dropped. */
  | 'queue_full'
  /** One message is larger than can be sent. */
  | 'too_large'
  /** The server refused messages for good; they were dropped. */
  | 'refused'
  /** The server does not know the key or the address; nothing more is sent from this page. */
  | 'not_accepted';

export interface TrackerProblem {
  code: ProblemCode;
  /** Messages that are lost by it. */
  lost: number;
  /** HTTP status, where it came from the server. */
  status?: number;
  cause?: unknown;
}

/** Tells a problem to whoever asked to hear of them. */
export type TellProblem = (problem: TrackerProblem) => void;
