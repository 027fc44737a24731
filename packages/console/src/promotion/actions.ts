import { DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons';
import { api, type Coupon } from '@qianmian/contract';
import { defineAction } from '../shell/actions.ts';

/** Opens the form beside the list: its state lies in the address. */
export const createCoupon = defineAction({
  id: 'coupon.create',
  label: 'promotion:actions.create',
  icon: PlusOutlined,
  permission: 'promotion.write',
  run: ({ go }) => go('/coupons', { create: true }),
});

export const editCoupon = defineAction<Coupon>({
  id: 'coupon.edit',
  label: 'promotion:actions.edit',
  icon: EditOutlined,
  permission: 'promotion.write',
  run: ({ go }, coupon) => go(`/coupons/${coupon.id}`, { edit: true }),
});

/** Only what nobody holds and nothing uses can go. */
export const deleteCoupon = defineAction<Coupon>({
  id: 'coupon.delete',
  label: 'promotion:actions.delete',
  icon: DeleteOutlined,
  permission: 'promotion.write',
  danger: true,
  applies: (coupon) => coupon.issued === 0 && coupon.usedBy.length === 0,
  run: async ({ call, refresh, confirm, toast, text, go }, coupon) => {
    const sure = await confirm({
      title: text('promotion:delete.title', { name: coupon.name }),
      consequence: text('promotion:delete.text'),
      verb: text('promotion:actions.delete'),
    });
    if (!sure) return;
    await call(api.deleteCoupon, { params: { id: coupon.id } });
    toast.done(text('promotion:delete.done', { name: coupon.name }));
    go('/coupons');
    await refresh(api.listCoupons);
  },
});
