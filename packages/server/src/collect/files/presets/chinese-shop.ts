import type { Mapping } from '../mapping.ts';
import { columns, type Preset, texts } from './preset.ts';

/** Columns of orders under the names Taobao, Youzan, Weidian and tills in China give them. */
const ORDER_LINES: Mapping = {
  kind: 'orderLines',
  fields: columns({
    orderId: ['主订单编号', '订单编号', '订单号', '交易单号', '小票号', '单据编号'],
    lineId: ['子订单编号', '子订单号', '订单商品编号', '明细编号'],
    time: [
      '订单付款时间',
      '付款时间',
      '支付时间',
      '交易时间',
      '下单时间',
      '订单创建时间',
      '创建时间',
      '销售时间',
      '销售日期',
    ],
    status: ['订单状态', '交易状态', '状态'],
    channel: ['渠道', '订单来源', '下单渠道', '销售渠道'],
    productId: [
      '商家编码',
      '外部系统编号',
      '商品编码',
      '商品编号',
      '规格编码',
      '货号',
      'SKU编码',
      '商品条码',
      '条码',
      '商品ID',
    ],
    productName: ['商品名称', '商品标题', '宝贝标题', '标题', '品名'],
    brand: '品牌',
    category: ['一级类目', '二级类目', '三级类目', '类目', '商品分类', '品类'],
    quantity: ['购买数量', '商品数量', '数量', '销售数量', '宝贝数量'],
    unitPrice: ['商品单价', '单价', '商品价格', '价格', '原价'],
    net: [
      '商品实付金额',
      '买家实际支付金额',
      '买家实付金额',
      '实付金额',
      '实收金额',
      '实付',
      '成交金额',
      '商品实际成交金额',
    ],
    discount: ['商品优惠', '优惠金额', '折扣金额'],
    orderDiscount: ['订单优惠', '订单优惠金额', '店铺优惠'],
    refund: ['退款金额', '商品退款金额', '已退款金额'],
    refundTime: ['退款时间', '退款成功时间'],
    couponCode: ['优惠券码', '优惠码', '券码', '券号'],
    user: ['会员编号', '会员ID', '客户编号', '买家ID', '用户ID'],
    member_card: ['会员卡号', '会员号', '卡号'],
    phone: ['手机号', '手机号码', '联系手机', '买家手机号', '会员手机', '收货人手机号', '联系电话'],
    openid: ['openid', 'OpenID', '买家OpenUid'],
    unionid: ['unionid', 'UnionID'],
    email: ['邮箱', '电子邮箱'],
    storeId: ['门店编码', '门店编号', '店铺编码', '门店ID'],
    storeName: ['门店名称', '门店', '所属门店', '店铺名称', '核销门店'],
  }),
  traits: texts({ province: '省份', city: '城市' }),
  missing: ['-', '--', '无', 'null', 'NULL'],
  currency: 'CNY',
  orders: {
    // A double scan at the till and an order's own discount both need the order as a whole.
    grouping: 'order',
    channelNames: {
      线上: 'web',
      线下: 'store',
      门店: 'store',
      小程序: 'mini_program',
      微信小程序: 'mini_program',
      公众号: 'wechat',
    },
  },
};

const PRODUCTS: Mapping = {
  kind: 'products',
  fields: columns({
    productId: ['商家编码', '商品编码', '商品编号', '货号', '条码'],
    productName: ['商品名称', '商品标题', '宝贝标题', '品名'],
    brand: '品牌',
    category: ['一级类目', '二级类目', '三级类目', '类目', '商品分类', '品类'],
    price: ['售价', '销售价', '零售价', '价格', '单价'],
    cost: ['成本价', '成本', '进价'],
    imageUrl: ['商品图片', '主图', '图片链接'],
  }),
  missing: ['-', '--', '无', 'null', 'NULL'],
  currency: 'CNY',
};

const MEMBERS: Mapping = {
  kind: 'customers',
  fields: columns({
    user: ['会员编号', '会员ID', '客户编号', '用户ID'],
    member_card: ['会员卡号', '会员号', '卡号'],
    phone: ['手机号', '手机号码', '会员手机'],
    openid: ['openid', 'OpenID'],
    unionid: ['unionid', 'UnionID'],
    email: ['邮箱', '电子邮箱'],
  }),
  traits: {
    ...texts({
      name: '姓名',
      gender: '性别',
      province: '省份',
      city: '城市',
      tier: '会员等级',
      source: '注册渠道',
    }),
    birthday: { column: '生日', type: 'date' },
    registered_at: { column: '注册时间', type: 'date' },
    points: { column: '积分', type: 'number' },
  },
  missing: ['-', '--', '无', 'null', 'NULL'],
};

/** Product, member and order files as shops in China export them; any of the usual column names will do. */
export const chineseShop: Preset = {
  title: 'Chinese shop exports (Taobao, Youzan, tills)',
  titleZh: '国内店铺导出（淘宝、有赞、收银系统等）',
  files: [
    { role: 'products', headers: [], mapping: PRODUCTS },
    { role: 'members', headers: [], mapping: MEMBERS },
    { role: 'orders', headers: [], mapping: ORDER_LINES },
  ],
  ignored: [],
};
