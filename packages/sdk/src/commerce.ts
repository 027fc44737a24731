/** Events of a shop, named as Segment's e-commerce specification v2 names them: the server makes orders and products of them. */
export const COMMERCE_EVENTS = {
  productsSearched: 'Products Searched',
  productListViewed: 'Product List Viewed',
  productListFiltered: 'Product List Filtered',
  productClicked: 'Product Clicked',
  productViewed: 'Product Viewed',
  productAdded: 'Product Added',
  productRemoved: 'Product Removed',
  productShared: 'Product Shared',
  productReviewed: 'Product Reviewed',
  productAddedToWishlist: 'Product Added to Wishlist',
  productRemovedFromWishlist: 'Product Removed from Wishlist',
  cartViewed: 'Cart Viewed',
  cartShared: 'Cart Shared',
  promotionViewed: 'Promotion Viewed',
  promotionClicked: 'Promotion Clicked',
  checkoutStarted: 'Checkout Started',
  checkoutStepViewed: 'Checkout Step Viewed',
  checkoutStepCompleted: 'Checkout Step Completed',
  paymentInfoEntered: 'Payment Info Entered',
  orderCompleted: 'Order Completed',
  orderUpdated: 'Order Updated',
  orderRefunded: 'Order Refunded',
  orderCancelled: 'Order Cancelled',
  couponEntered: 'Coupon Entered',
  couponApplied: 'Coupon Applied',
  couponDenied: 'Coupon Denied',
  couponRemoved: 'Coupon Removed',
} as const;

/** Anything more the shop wants to say. */
interface More {
  [property: string]: unknown;
}

export interface Product extends More {
  product_id: string;
  sku?: string;
  name?: string;
  brand?: string;
  category?: string;
  variant?: string;
  /** In the currency's main unit, as the shop shows it: 19.9. */
  price?: number;
  quantity?: number;
  discount?: number;
  coupon?: string;
  position?: number;
  url?: string;
  image_url?: string;
}

/** A product and the currency of its price; an amount without one is in the workspace's. */
export interface ProductInView extends Product {
  currency?: string;
}

export interface ProductList extends More {
  list_id?: string;
  category?: string;
  products?: Product[];
}

export interface Cart extends More {
  cart_id?: string;
  products: Product[];
}

export interface Order extends More {
  order_id: string;
  products: Product[];
  total?: number;
  subtotal?: number;
  revenue?: number;
  shipping?: number;
  tax?: number;
  discount?: number;
  coupon?: string;
  currency?: string;
  store_id?: string;
  affiliation?: string;
}

/** A refund without products and without an amount takes back all that is left of the order. */
export interface Refund extends More {
  order_id: string;
  refund_id?: string;
  products?: Product[];
  total?: number;
  currency?: string;
}

export interface Checkout extends More {
  checkout_id?: string;
  order_id?: string;
  step?: number;
  shipping_method?: string;
  payment_method?: string;
}

export interface Coupon extends More {
  coupon_id?: string;
  coupon_name?: string;
  order_id?: string;
  cart_id?: string;
  discount?: number;
  reason?: string;
}

export interface Promotion extends More {
  promotion_id?: string;
  name?: string;
  creative?: string;
  position?: string;
}

/** What each event says. */
interface Says {
  productsSearched: More & { query: string };
  productListViewed: ProductList;
  productListFiltered: ProductList & { filters?: More[]; sorts?: More[] };
  productClicked: ProductInView;
  productViewed: ProductInView;
  productAdded: ProductInView & { cart_id?: string };
  productRemoved: ProductInView & { cart_id?: string };
  productShared: ProductInView & { share_via?: string };
  productReviewed: More & { product_id: string; review_id?: string; review_body?: string; rating?: number };
  productAddedToWishlist: ProductInView & { wishlist_id?: string };
  productRemovedFromWishlist: ProductInView & { wishlist_id?: string };
  cartViewed: Cart;
  cartShared: Cart & { share_via?: string };
  promotionViewed: Promotion;
  promotionClicked: Promotion;
  checkoutStarted: Omit<Order, 'order_id'> & { order_id?: string; products: Product[] };
  checkoutStepViewed: Checkout;
  checkoutStepCompleted: Checkout;
  paymentInfoEntered: Checkout;
  orderCompleted: Order;
  orderUpdated: Omit<Order, 'products'> & { order_id: string; products?: Product[] };
  orderRefunded: Refund;
  orderCancelled: Omit<Order, 'products'> & { order_id: string; products?: Product[] };
  couponEntered: Coupon;
  couponApplied: Coupon;
  couponDenied: Coupon;
  couponRemoved: Coupon;
}

type CommerceVerb = keyof typeof COMMERCE_EVENTS;

/** A verb for each event of a shop: `tracker.productViewed({ product_id: 'TEA-1' })`. */
export type Commerce = { [V in CommerceVerb]: (properties: Says[V]) => void };

/** Binds the verbs to `track`. */
export function commerceVerbs(track: (event: string, properties: Record<string, unknown>) => void): Commerce {
  const verbs: Record<string, (properties: Record<string, unknown>) => void> = {};
  for (const [verb, event] of Object.entries(COMMERCE_EVENTS))
    verbs[verb] = (properties) => track(event, properties);
  return verbs as unknown as Commerce;
}
