/** Something the command palette can offer. `words` is everything it may be found by, in every language. */
export interface Command {
  id: string;
  group: 'actions' | 'pages' | 'hits';
  title: string;
  detail?: string;
  words: readonly string[];
  run: () => void;
}

/** How well words answer a query: 0 not at all; beginnings count more than middles, whole words more than scattered letters. */
export function matchScore(query: string, text: string): number {
  const [wanted, given] = [query.trim().toLowerCase(), text.toLowerCase()];
  if (!wanted) return 1;
  if (given === wanted) return 100;
  if (given.startsWith(wanted)) return 80;
  const at = given.indexOf(wanted);
  if (at > 0) return /[\s\-/:,·]/.test(given[at - 1] ?? '') ? 60 : 40;
  return isScattered(wanted.replaceAll(' ', ''), given) ? 10 : 0;
}

/** All letters in order, with others between; only for what is long enough to mean something. */
function isScattered(wanted: string, given: string): boolean {
  if (wanted.length < 2 || !/^[\x20-\x7e]+$/.test(wanted)) return false;
  let from = 0;
  for (const letter of wanted) {
    from = given.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}

/** The commands that answer a query, best first; equals stay in the order given, and only a few of each group are kept. */
export function rankCommands(query: string, commands: readonly Command[], perGroup = 8): Command[] {
  const scored = commands
    .map((command, at) => ({
      command,
      at,
      score: Math.max(...[command.title, ...command.words].map((words) => matchScore(query, words))),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.at - b.at);
  const taken = new Map<string, number>();
  return scored
    .filter(({ command }) => {
      const count = (taken.get(command.group) ?? 0) + 1;
      taken.set(command.group, count);
      return count <= perGroup;
    })
    .map(({ command }) => command);
}

export interface CommandGroup {
  group: Command['group'];
  commands: Command[];
}

/** From here on a command is meant, not a word inside a customer's name. */
const MEANT = 60;

/** What is shown for a query, in groups: a command that is clearly meant comes before what the server found. */
export function groupCommands(
  query: string,
  standing: readonly Command[],
  hits: readonly Command[],
): CommandGroup[] {
  const ranked = rankCommands(query, standing);
  const best = ranked[0];
  const isMeant =
    best !== undefined && [best.title, ...best.words].some((words) => matchScore(query, words) >= MEANT);
  const ofGroup = (group: Command['group']) => ({
    group,
    commands: ranked.filter((command) => command.group === group),
  });
  const own =
    best?.group === 'pages' && query.trim()
      ? [ofGroup('pages'), ofGroup('actions')]
      : [ofGroup('actions'), ofGroup('pages')];
  const found: CommandGroup = { group: 'hits', commands: [...hits] };
  return (isMeant ? [...own, found] : [found, ...own]).filter((part) => part.commands.length > 0);
}
