import type { Role } from '@qianmian/contract';
import type { Generated } from 'kysely';

export type GovernanceTables = {
  governance_account: {
    id: string;
    email: string;
    name: string;
    password_hash: string;
    created_at: Date;
    founder: Generated<boolean>;
  };
  governance_session: {
    token_hash: string;
    account_id: string;
    created_at: Date;
    last_seen_at: Date;
    expires_at: Date;
  };
  governance_workspace: {
    id: string;
    name: string;
    currency: string;
    time_zone: string;
    country: string | null;
    created_at: Date;
  };
  governance_membership: { workspace: string; account_id: string; role: Role; created_at: Date };
  governance_invitation: {
    id: string;
    workspace: string;
    email: string;
    name: string;
    role: Role;
    token_hash: string;
    invited_by: string;
    created_at: Date;
    expires_at: Date;
  };
  governance_password_link: { account_id: string; token_hash: string; created_at: Date; expires_at: Date };
  governance_api_key: {
    id: string;
    workspace: string;
    name: string;
    role: Role;
    prefix: string;
    secret_hash: string;
    created_at: Date;
    last_used_at: Date | null;
  };
  governance_audit: {
    id: Generated<number>;
    workspace: string;
    at: Date;
    actor: string;
    action: string;
    target: string;
    detail: unknown;
  };
};
