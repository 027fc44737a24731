import type { Condition, ConditionLeaf, Vocabulary } from '@qianmian/contract';
import { createContext, useContext } from 'react';
import type { FaultsByPlace } from './faults.ts';
import type { Writing } from './sentence.ts';
import type { Path } from './tree.ts';

/** What the parts of the builder share. */
export interface Building {
  root: Condition;
  /** Puts an edited tree in place; `field` names what is being typed in, `focus` the part to go to afterwards. */
  edit: (root: Condition, how?: { field?: string; focus?: Path }) => void;
  faults: FaultsByPlace;
  /** Unfinished conditions whose faults are said, because one wished to save; touched again they are left alone. */
  strict: Pick<WeakSet<ConditionLeaf>, 'has'>;
  vocabulary: Vocabulary | undefined;
  writing: Writing;
  /** The segment that is edited: it cannot refer to itself. */
  selfId: string | null;
}

export const BuildingContext = createContext<Building | null>(null);

export function useBuilding(): Building {
  const building = useContext(BuildingContext);
  if (!building) throw new Error('only inside the builder');
  return building;
}
