/** What parts of the server announce to each other; the speaker does not know who listens. */
export interface Announcements {
  /** A workspace was made and is empty. */
  'governance.workspaceCreated': { workspace: string };
  /** Facts of a workspace are in the warehouse and can be queried. */
  'collect.stored': {
    workspace: string;
    /** People the facts are about. */
    personIds: number[];
    /** Coupon codes that came with orders, for redemption; money in minor units. */
    couponUses: { code: string; orderId: string; basketCents: number; time: number }[];
    hasOrders: boolean;
    /** Orders were cancelled or refunded, in part or whole. */
    hasReturns?: boolean;
    hasTraits: boolean;
  };
  /** Everything an import brought was taken back out. */
  'collect.undone': { workspace: string };
  /** People were joined or parted otherwise than by facts that came in: by hand, or by other rules. */
  'identity.changed': { workspace: string };
  /** Profiles of a workspace were computed anew. */
  'profile.refreshed': { workspace: string; people: number };
}
