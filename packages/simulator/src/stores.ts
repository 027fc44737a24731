import type { Bilingual } from './taxonomy.ts';

/** A shop of the retailer. */
export interface Store {
  storeId: string;
  nameZh: string;
  nameEn: string;
  city: string;
  cityZh: string;
  country: string;
  lat: number;
  lon: number;
  timeZone: string;
}

/** A city with shops, and the share of customers who live there. */
interface City {
  name: Bilingual;
  country: string;
  timeZone: string;
  lat: number;
  lon: number;
  districts: readonly Bilingual[];
  weight: number;
}

const CHINA = 'Asia/Shanghai';

function city(
  name: Bilingual,
  lat: number,
  lon: number,
  weight: number,
  districts: readonly Bilingual[],
  country = 'CN',
  timeZone = CHINA,
): City {
  return { name, lat, lon, weight, districts, country, timeZone };
}

/** Cities in the order in which shops open. */
export const CITIES: readonly City[] = [
  city(['上海', 'Shanghai'], 31.2304, 121.4737, 15, [
    ['静安', "Jing'an"],
    ['徐家汇', 'Xujiahui'],
    ['陆家嘴', 'Lujiazui'],
  ]),
  city(['北京', 'Beijing'], 39.9042, 116.4074, 14, [
    ['三里屯', 'Sanlitun'],
    ['西单', 'Xidan'],
    ['望京', 'Wangjing'],
  ]),
  city(['广州', 'Guangzhou'], 23.1291, 113.2644, 9, [
    ['天河', 'Tianhe'],
    ['北京路', 'Beijing Road'],
  ]),
  city(['深圳', 'Shenzhen'], 22.5431, 114.0579, 9, [
    ['南山', 'Nanshan'],
    ['福田', 'Futian'],
  ]),
  city(['成都', 'Chengdu'], 30.5728, 104.0668, 9, [
    ['春熙路', 'Chunxi Road'],
    ['高新', 'Gaoxin'],
  ]),
  city(['杭州', 'Hangzhou'], 30.2741, 120.1551, 7, [['湖滨', 'Hubin']]),
  city(['新加坡', 'Singapore'], 1.3048, 103.8318, 4, [['乌节路', 'Orchard']], 'SG', 'Asia/Singapore'),
  city(['武汉', 'Wuhan'], 30.5928, 114.3055, 6, [['江汉路', 'Jianghan Road']]),
  city(['南京', 'Nanjing'], 32.0603, 118.7969, 6, [['新街口', 'Xinjiekou']]),
  city(['西安', "Xi'an"], 34.3416, 108.9398, 6, [['小寨', 'Xiaozhai']]),
  city(['伦敦', 'London'], 51.5136, -0.1365, 3, [['苏豪', 'Soho']], 'GB', 'Europe/London'),
  city(['东京', 'Tokyo'], 35.6595, 139.7005, 3, [['涩谷', 'Shibuya']], 'JP', 'Asia/Tokyo'),
  city(['纽约', 'New York'], 40.7158, -73.997, 3, [['唐人街', 'Chinatown']], 'US', 'America/New_York'),
];

function shop(index: number, cityIndex: number, round: number): Store {
  const place = CITIES[cityIndex]!;
  const district = place.districts[round % place.districts.length]!;
  const branch = round >= place.districts.length ? ` ${Math.floor(round / place.districts.length) + 1}` : '';
  return {
    storeId: `S${String(index + 1).padStart(2, '0')}`,
    nameZh: `千面百货${place.name[0]}${district[0]}店${branch}`,
    nameEn: `Qianmian Market ${place.name[1]} ${district[1]}${branch}`,
    city: place.name[1],
    cityZh: place.name[0],
    country: place.country,
    lat: place.lat + 0.021 * ((round * 2) % 5) - 0.03 * (round % 2),
    lon: place.lon + 0.024 * ((round * 3) % 5) - 0.02 * (round % 3),
    timeZone: place.timeZone,
  };
}

/** The shops, one more in each city before a city gets its next; twenty of them stand in thirteen cities. */
export function openStores(count: number): Store[] {
  const stores: Store[] = [];
  for (let round = 0; stores.length < count; round++) {
    for (let c = 0; c < CITIES.length && stores.length < count; c++) {
      const roomy = round < CITIES[c]!.districts.length || round >= 3;
      if (roomy) stores.push(shop(stores.length, c, round));
    }
  }
  return stores;
}
