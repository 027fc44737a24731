import { TeamOutlined } from '@ant-design/icons';
import { api, type Product } from '@qianmian/contract';
import { Button, Drawer } from 'antd';
import { useTranslation } from 'react-i18next';
import { buyersOf, segmentDraftAddress } from '../segment/people-behind.ts';
import { useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { useApi } from '../shell/use-api.ts';
import { Answer, Facts, Money, Percent, useFormat, useGoTo } from '../ui/index.ts';
import { nameIn } from '../ui/name-in.ts';
import { pathCalled } from './called.ts';
import { marginOf } from './names.ts';
import { stockWords } from './stock-words.ts';
import { useCalled } from './use-called.ts';

/** One product beside the list, with the way to who bought it. */
export function ProductDrawer({ id, onClose }: { id?: string; onClose: () => void }) {
  const format = useFormat();
  const query = useApi(api.getProduct, { params: { id: id ?? '-' } }, { enabled: Boolean(id) });
  return (
    <Drawer
      open={Boolean(id)}
      onClose={onClose}
      size={440}
      title={query.data ? nameIn(format.language, query.data, query.data.productId) : id}
    >
      {id && (
        <Answer of={query} small>
          {(product) => <ProductFacts product={product} />}
        </Answer>
      )}
    </Drawer>
  );
}

function ProductFacts({ product }: { product: Product }) {
  const { t } = useTranslation('catalog');
  const format = useFormat();
  const to = useTo();
  const goTo = useGoTo();
  const canSee = useCan('segment.read');
  const called = useCalled();
  const shown = nameIn(format.language, product, product.productId);
  const other = [product.name, product.nameZh].find((name) => name && name !== shown);
  const attributes = Object.entries(product.attributes);
  const { data: levels = [] } = useApi(api.listStock, { params: { id: product.productId } });
  return (
    <div className="qm-grid">
      <Facts
        of={[
          { label: t('products.id'), value: product.productId },
          { label: t('products.otherName'), value: other || '–' },
          { label: t('products.brand'), value: called('brand', product.brand) || '–' },
          { label: t('products.category'), value: pathCalled(called, product.category) || '–' },
          { label: t('products.price'), value: <Money cents={product.priceCents} /> },
          { label: t('products.cost'), value: <Money cents={product.costCents} /> },
          { label: t('products.margin'), value: <Percent share={marginOf(product)} /> },
          ...(levels.length > 0
            ? [
                {
                  label: t('products.stock'),
                  value: t('products.stockOf', stockWords(levels, format.number)),
                },
              ]
            : []),
          ...attributes.map(([name, value]) => ({
            label: name,
            value: typeof value === 'string' ? value : JSON.stringify(value),
          })),
        ]}
      />
      {canSee && (
        <Button
          type="primary"
          icon={<TeamOutlined />}
          onClick={() => goTo(segmentDraftAddress(to, buyersOf({ products: [product.productId] })))}
        >
          {t('products.buyers')}
        </Button>
      )}
    </div>
  );
}
