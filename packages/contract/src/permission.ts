import { z } from 'zod';

/** Everything that can be allowed or refused inside a workspace. */
export const PERMISSIONS = [
  'overview.read',
  'customer.read',
  'customer.reveal',
  'customer.write',
  'segment.read',
  'segment.write',
  'campaign.read',
  'campaign.write',
  'campaign.launch',
  'promotion.read',
  'promotion.write',
  'promotion.redeem',
  'catalog.read',
  'data.read',
  'data.write',
  'job.read',
  'job.write',
  'settings.read',
  'settings.write',
  'audit.read',
] as const;
export const permission = z.enum(PERMISSIONS);
export type Permission = z.infer<typeof permission>;

export const ROLES = ['owner', 'admin', 'operator', 'analyst', 'service', 'viewer'] as const;
export const role = z.enum(ROLES);
export type Role = z.infer<typeof role>;

const READ: Permission[] = [
  'overview.read',
  'customer.read',
  'segment.read',
  'campaign.read',
  'promotion.read',
  'catalog.read',
];
const OPERATE: Permission[] = [
  ...READ,
  'customer.reveal',
  'customer.write',
  'segment.write',
  'campaign.write',
  'campaign.launch',
  'promotion.write',
  'promotion.redeem',
  'data.read',
  'data.write',
  'job.read',
  'job.write',
  'settings.read',
];

/** What each role may do. */
export const PERMISSIONS_OF_ROLE: Record<Role, readonly Permission[]> = {
  owner: PERMISSIONS,
  admin: PERMISSIONS,
  operator: OPERATE,
  analyst: [...READ, 'segment.write', 'data.read', 'job.read'],
  service: [...READ, 'customer.reveal', 'customer.write', 'promotion.redeem'],
  viewer: READ,
};
