import type { Field } from './mapping.ts';

/** Column names seen in the wild for each field, in plain form (see `plainHeader`); the likeliest first. */
export const SYNONYMS: Partial<Record<Field, string>> = {
  orderId:
    'orderid ordernumber orderno ordercode order invoiceno invoicenumber invoiceid invoice receiptno receiptid receiptnumber basketid transactionid billno ticketid 订单号 订单编号 订单ID 主订单编号 交易单号 交易号 小票号 单据编号 单号',
  lineId:
    'lineid lineitemid orderlineid orderitemid itemid linenumber lineno 子订单编号 子订单号 明细编号 行号',
  time: 'orderdate ordertime orderedat paidat paiddate paymentdate createdat invoicedate purchasedate purchasedat transactiondate transactiontime transactiontimestamp saledate timestamp eventtime occurredat datetime date time redemptiondate redemptiontime redeemedat 付款时间 支付时间 下单时间 订单创建时间 创建时间 交易时间 销售时间 销售日期 下单日期 订单日期 发生时间 日期 时间 核销时间 核销日期',
  status: 'orderstatus financialstatus paymentstatus status 订单状态 交易状态 状态',
  channel: 'channel saleschannel source ordersource platform 渠道 订单来源 销售渠道 下单渠道 来源',
  currency: 'currency currencycode ordercurrency 币种 货币',
  couponCode: 'couponcode discountcode promocode vouchercode coupon 优惠券码 优惠码 券码 优惠券',
  productId:
    'productid sku skuid productsku stockcode itemcode itemsku productcode articleno article itemno barcode upc ean variantsku asin 商品编码 商品编号 商品ID 商家编码 货号 规格编码 SKU编码 商品条码 条码 商品代码',
  productName:
    'productname itemname producttitle title description productdescription item product name 商品名称 商品标题 宝贝标题 品名 商品 产品名称',
  productNameZh: 'namezh productnamezh chinesename namecn 中文名 中文名称 商品中文名',
  brand: 'brand brandname vendor manufacturer 品牌 品牌名称',
  category:
    'category department productcategory producttype categoryname subcategory 一级类目 二级类目 三级类目 类目 商品分类 分类 品类 部门',
  imageUrl: 'imageurl image imagelink picture imagesrc 图片 商品图片 主图 图片链接',
  price: 'price listprice retailprice sellingprice regularprice saleprice 售价 零售价 销售价 价格 单价 标价',
  cost: 'cost costprice unitcost purchaseprice costperitem 成本 成本价 进价 采购价',
  quantity:
    'quantity qty units count unitssold numberofitems quantityordered 数量 购买数量 商品数量 销售数量 件数',
  unitPrice: 'unitprice priceperunit itemprice itemcost price lineitemprice 单价 商品单价 商品价格 价格 原价',
  discount: 'discount discountamount linediscount itemdiscount 优惠金额 商品优惠 折扣金额 优惠 折扣',
  net: 'net netamount linetotal salesvalue amountpaid paidamount itemtotal lineamount totalprice amount revenue sales total subtotal 实付金额 商品实付金额 实收金额 实付 买家实付金额 成交金额 销售金额 销售额 金额 总价',
  refund: 'refund refundamount refundedamount 退款金额 退款',
  refundTime: 'refundedat refunddate refundtime 退款时间',
  storeId:
    'storeid storecode storenumber storeno shopid locationid branchid outletid 门店编码 门店编号 门店ID 店铺编码 店铺ID',
  storeName: 'storename store shopname shop location branch outlet 门店名称 门店 店铺名称 店铺 所属门店',
  storeNameZh: 'storenamezh 门店中文名',
  city: 'city town 城市',
  country: 'country countrycode 国家',
  latitude: 'latitude lat 纬度',
  longitude: 'longitude lng lon 经度',
  storeTimeZone: 'timezone tz 时区',
  eventName: 'event eventname eventtype action activity 事件 事件名称 行为 行为类型',
  messageId: 'messageid eventid insertid 事件ID 消息ID',
  user: 'userid customerid customerno customernumber custid clientid memberid householdid buyerid customer user 会员编号 会员ID 客户编号 客户ID 用户ID 用户编号 买家ID',
  member_card:
    'membercard membercardno cardno cardnumber loyaltycard loyaltyid memberno membershipnumber 会员卡号 会员号 卡号 会员卡',
  phone:
    'phone phonenumber mobile mobilephone mobilenumber telephone tel cellphone billingphone 手机号 手机号码 手机 联系手机 电话 联系电话 会员手机 买家手机号',
  email: 'email emailaddress mail customeremail billingemail useremail 邮箱 电子邮箱 电子邮件 邮件',
  openid: 'openid wxopenid 微信openid',
  unionid: 'unionid wxunionid 微信unionid',
  device: 'deviceid idfa oaid imei 设备号 设备ID',
  anonymous: 'anonymousid visitorid cookieid sessionid 匿名ID 访客ID',
};

/** Columns that say something about a person, and the trait each becomes. */
export const TRAIT_SYNONYMS: Record<string, string> = {
  name: 'name fullname customername membername 姓名 会员姓名 客户姓名 昵称',
  gender: 'gender sex 性别',
  birthday: 'birthday birthdate dateofbirth dob 生日 出生日期',
  age: 'age agegroup 年龄 年龄段',
  city: 'city 城市 所在城市',
  province: 'province state region 省份 省 所在省份',
  country: 'country countrycode 国家',
  tier: 'tier level memberlevel loyaltytier 会员等级 等级 会员级别',
  registered_at:
    'registeredat registrationdate signupdate joindate createdat 注册时间 注册日期 入会时间 开卡时间',
  points: 'points loyaltypoints 积分 可用积分',
};

/** A column name without case, spaces and punctuation, so that "Order ID", "order_id" and "OrderID" are one. */
export function plainHeader(header: string): string {
  return header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-./:#*()[\]{}（）【】'"]+/g, '');
}
