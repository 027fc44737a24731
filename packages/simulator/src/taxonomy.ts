/** A text in Chinese and in English. */
export type Bilingual = readonly [zh: string, en: string];

/** When in the year a category sells. */
export type Season = 'even' | 'winter' | 'summer' | 'gift';

/** A leaf of the category tree with all that its product names are made of. */
export interface Leaf {
  name: Bilingual;
  department: number;
  season: Season;
  /** Bought again and again, so that habits form. */
  consumable: boolean;
  /** The leaf that people like to add to a basket that holds this one. */
  companion: number;
  priceYuan: readonly [low: number, high: number];
  /** Percentage more units sold for one per cent off the price. */
  elasticity: number;
  /** Share of its orders that come back, relative to the average. */
  returnFactor: number;
  items: readonly Bilingual[];
  styles: readonly Bilingual[];
  sizes: readonly Bilingual[];
}

/** The departments, top level of the category tree. */
export const DEPARTMENTS: readonly Bilingual[] = [
  ['食品', 'Food'],
  ['美妆', 'Beauty'],
  ['母婴', 'Mother & Baby'],
  ['女装', 'Women'],
  ['男装鞋靴', 'Men & Shoes'],
  ['家居', 'Home'],
  ['家清个护', 'Household & Care'],
  ['数码运动', 'Electronics & Sport'],
];

const texts = (lines: string): Bilingual[] =>
  lines.split('|').map((line) => {
    const [zh, en] = line.split('=');
    return [zh!.trim(), en!.trim()];
  });

const SIZES = {
  wear: texts('S 码=Size S|M 码=Size M|L 码=Size L|XL 码=Size XL'),
  child: texts('90cm=90 cm|100cm=100 cm|110cm=110 cm|120cm=120 cm'),
  shoe: texts('37 码=EU 37|39 码=EU 39|41 码=EU 41|43 码=EU 43'),
  colour: texts('米白=Off-white|雾蓝=Misty Blue|炭灰=Charcoal|豆沙=Dusty Rose'),
  cloth: texts('米白=Off-white|藏青=Navy|焦糖=Caramel|黑色=Black'),
};

type Kind = readonly [season: Season, consumable: boolean, elasticity: number, returnFactor: number];
const STAPLE: Kind = ['even', true, 1.4, 0.3];
const GIFT: Kind = ['gift', true, 1.8, 0.3];
const CARE: Kind = ['even', true, 1.9, 0.6];
const WEAR: Kind = ['even', false, 2.4, 2.2];
const WARM: Kind = ['winter', false, 2.2, 2.2];
const COOL: Kind = ['summer', false, 2.4, 2.2];
const GOODS: Kind = ['even', false, 1.7, 1];

function leaf(
  department: number,
  name: Bilingual,
  [season, consumable, elasticity, returnFactor]: Kind,
  priceYuan: readonly [number, number],
  companion: number,
  items: string,
  styles: string,
  sizes: string | Bilingual[],
): Leaf {
  const parts = {
    items: texts(items),
    styles: texts(styles),
    sizes: typeof sizes === 'string' ? texts(sizes) : sizes,
  };
  return { name, department, season, consumable, companion, priceYuan, elasticity, returnFactor, ...parts };
}

/** The forty leaves of the category tree, five to a department. */
export const LEAVES: readonly Leaf[] = [
  leaf(
    0,
    ['乳品', 'Dairy'],
    STAPLE,
    [19, 89],
    1,
    '纯牛奶=Milk|酸奶=Yoghurt|奶昔=Milkshake|燕麦奶=Oat Milk|鲜牛乳=Fresh Milk',
    '有机=Organic|全脂=Whole|低脂=Low-fat|高钙=High-calcium|草饲=Grass-fed|零蔗糖=No-sugar',
    '250ml×12=250 ml x 12|200ml×10=200 ml x 10|1L×6=1 L x 6|950ml=950 ml',
  ),
  leaf(
    0,
    ['零食坚果', 'Snacks & Nuts'],
    GIFT,
    [9, 99],
    2,
    '每日坚果=Daily Nuts|夏威夷果=Macadamias|牛肉干=Beef Jerky|海苔脆=Seaweed Crisps|手工曲奇=Butter Cookies|芒果干=Dried Mango',
    '原味=Original|盐焗=Salt-baked|奶香=Creamy|川香麻辣=Sichuan Spicy|轻烘焙=Light-roast|礼盒装=Gift Box',
    '120g=120 g|250g=250 g|500g=500 g|750g=750 g',
  ),
  leaf(
    0,
    ['茶饮咖啡', 'Tea & Coffee'],
    GIFT,
    [25, 199],
    1,
    '龙井绿茶=Longjing Green Tea|茉莉花茶=Jasmine Tea|冻干咖啡=Freeze-dried Coffee|挂耳咖啡=Drip-bag Coffee|普洱熟茶=Ripe Pu-erh|桂花乌龙=Osmanthus Oolong',
    '明前=First-flush|经典=Classic|高山=High-mountain|深烘=Dark-roast|低因=Low-caffeine|珍藏=Reserve',
    '50g=50 g|100g=100 g|200g=200 g|80g 罐装=80 g Tin',
  ),
  leaf(
    0,
    ['粮油调味', 'Staples & Seasoning'],
    STAPLE,
    [8, 99],
    0,
    '五常大米=Wuchang Rice|菜籽油=Rapeseed Oil|酿造酱油=Brewed Soy Sauce|小米=Millet|荞麦面=Soba Noodles|镇江香醋=Zhenjiang Vinegar',
    '有机=Organic|零添加=Additive-free|当季新=New-crop|石磨=Stone-milled|古法=Traditional|家庭装=Family',
    '500g=500 g|1kg=1 kg|2.5kg=2.5 kg|5kg=5 kg',
  ),
  leaf(
    0,
    ['生鲜水果', 'Fresh Fruit'],
    STAPLE,
    [15, 119],
    0,
    '阿克苏苹果=Aksu Apples|赣南脐橙=Gannan Navel Oranges|蓝莓=Blueberries|奶油草莓=Cream Strawberries|猕猴桃=Kiwi Fruit|车厘子=Cherries',
    '精选=Selected|大果=Large|有机=Organic|礼盒=Gift-box|产地直发=Farm-direct|迷你=Mini',
    '500g=500 g|1kg=1 kg|2kg=2 kg|12 枚=12 pieces',
  ),
  leaf(
    1,
    ['护肤', 'Skin Care'],
    CARE,
    [59, 399],
    9,
    '精华液=Serum|保湿面霜=Moisturising Cream|爽肤水=Toner|眼霜=Eye Cream|防晒乳=Sunscreen Lotion|洁面乳=Facial Cleanser',
    '玻尿酸=Hyaluronic|烟酰胺=Niacinamide|山茶花=Camellia|舒缓=Soothing|修护=Repair|焕亮=Brightening',
    '30ml=30 ml|50ml=50 ml|100ml=100 ml|150ml=150 ml',
  ),
  leaf(
    1,
    ['彩妆', 'Make-up'],
    CARE,
    [39, 269],
    5,
    '丝绒口红=Velvet Lipstick|气垫粉底=Cushion Foundation|眼影盘=Eyeshadow Palette|睫毛膏=Mascara|腮红=Blush|眉笔=Brow Pencil',
    '柔雾=Soft-matte|水光=Dewy|持妆=Long-wear|清透=Sheer|奶茶色=Milk-tea|玫瑰色=Rose',
    '01 号色=Shade 01|02 号色=Shade 02|03 号色=Shade 03|05 号色=Shade 05',
  ),
  leaf(
    1,
    ['香氛', 'Fragrance'],
    GIFT,
    [89, 499],
    29,
    '淡香水=Eau de Toilette|浓香水=Eau de Parfum|香体喷雾=Body Mist|固体香膏=Solid Perfume|车载香氛=Car Diffuser',
    '桂花=Osmanthus|白茶=White Tea|檀木=Sandalwood|柑橘=Citrus|雪松=Cedar|玫瑰=Rose',
    '15ml=15 ml|30ml=30 ml|50ml=50 ml|100ml=100 ml',
  ),
  leaf(
    1,
    ['洗护发', 'Hair Care'],
    CARE,
    [29, 139],
    33,
    '洗发水=Shampoo|护发素=Conditioner|发膜=Hair Mask|护发精油=Hair Oil|头皮精华=Scalp Serum',
    '生姜=Ginger|氨基酸=Amino-acid|椰油=Coconut|控油=Oil-control|柔顺=Smoothing|防断=Strengthening',
    '250ml=250 ml|400ml=400 ml|500ml=500 ml|750ml=750 ml',
  ),
  leaf(
    1,
    ['面膜', 'Face Masks'],
    CARE,
    [29, 169],
    5,
    '补水面膜=Hydrating Mask|蚕丝面膜=Silk Sheet Mask|紧致面膜=Firming Mask|眼膜=Eye Mask|焕亮面膜=Brightening Mask',
    '芦荟=Aloe|积雪草=Centella|燕窝=Bird-nest|蜂蜜=Honey|绿茶=Green Tea|珍珠=Pearl',
    '5 片=5 sheets|10 片=10 sheets|20 片=20 sheets|30 片=30 sheets',
  ),
  leaf(
    2,
    ['纸尿裤', 'Nappies'],
    STAPLE,
    [59, 189],
    14,
    '纸尿裤=Nappies|拉拉裤=Pull-up Pants|夜用裤=Overnight Pants|游泳尿裤=Swim Nappies',
    '超薄=Ultra-thin|云柔=Cloud-soft|透气=Breathable|弱酸=Skin-kind|大吸量=Max-absorb|天丝=Lyocell',
    'S 76 片=S, 76 pieces|M 64 片=M, 64 pieces|L 54 片=L, 54 pieces|XL 42 片=XL, 42 pieces',
  ),
  leaf(
    2,
    ['奶粉辅食', 'Formula & Baby Food'],
    STAPLE,
    [25, 329],
    10,
    '婴儿配方奶粉=Infant Formula|有机米粉=Organic Rice Cereal|果泥=Fruit Purée|溶豆=Yoghurt Melts|磨牙饼干=Teething Rusks|蝴蝶面=Butterfly Pasta',
    '1 段=Stage 1|2 段=Stage 2|3 段=Stage 3|高铁=Iron-rich|原味=Plain|混合蔬果=Mixed Garden',
    '90g=90 g|200g=200 g|400g=400 g|800g=800 g',
  ),
  leaf(
    2,
    ['童装', "Children's Wear"],
    WEAR,
    [39, 199],
    13,
    '连体衣=Bodysuit|卫衣=Sweatshirt|牛仔裤=Jeans|小裙子=Dress|防风外套=Windbreaker|睡衣套装=Pyjama Set',
    '纯棉=Cotton|加绒=Fleece-lined|小熊=Bear-print|条纹=Striped|恐龙=Dinosaur|碎花=Floral',
    SIZES.child,
  ),
  leaf(
    2,
    ['玩具', 'Toys'],
    ['gift', false, 2, 0.8],
    [29, 259],
    12,
    '积木=Building Blocks|毛绒玩偶=Plush Toy|益智拼图=Puzzle|遥控车=Remote-control Car|画板=Drawing Board|过家家套装=Play Kitchen Set',
    '木质=Wooden|磁力=Magnetic|森林=Forest|太空=Space|农场=Farm|彩虹=Rainbow',
    '标准款=Standard|豪华款=Deluxe|大号=Large|迷你款=Mini',
  ),
  leaf(
    2,
    ['婴儿护理', 'Baby Care'],
    STAPLE,
    [19, 129],
    10,
    '婴儿湿巾=Baby Wipes|润肤露=Baby Lotion|护臀膏=Nappy Cream|沐浴露=Baby Wash|洗衣液=Baby Laundry Liquid|奶瓶=Feeding Bottle',
    '无香=Fragrance-free|燕麦=Oat|洋甘菊=Chamomile|加厚=Extra-thick|温和=Gentle|山茶油=Camellia-oil',
    '标准装=Standard Pack|家庭装=Family Pack|旅行装=Travel Pack|组合装=Combo Pack',
  ),
  leaf(
    3,
    ['连衣裙', 'Dresses'],
    COOL,
    [129, 459],
    16,
    '衬衫裙=Shirt Dress|吊带裙=Slip Dress|针织裙=Knit Dress|茶歇裙=Tea Dress|新中式长裙=Modern Qipao Dress',
    '法式=French|碎花=Floral|亚麻=Linen|真丝=Silk|收腰=Fitted|波点=Polka-dot',
    SIZES.wear,
  ),
  leaf(
    3,
    ['女士上衣', "Women's Tops"],
    WEAR,
    [69, 269],
    18,
    'T 恤=T-shirt|针织开衫=Cardigan|真丝衬衫=Silk Blouse|羊毛衫=Wool Jumper|卫衣=Sweatshirt',
    '宽松=Relaxed|短款=Cropped|条纹=Striped|纯棉=Cotton|V 领=V-neck|泡泡袖=Puff-sleeve',
    SIZES.wear,
  ),
  leaf(
    3,
    ['女士外套', "Women's Coats"],
    WARM,
    [239, 899],
    16,
    '羽绒服=Down Coat|羊毛大衣=Wool Coat|风衣=Trench Coat|皮夹克=Leather Jacket|羊羔毛外套=Sherpa Jacket',
    '长款=Long|短款=Short|连帽=Hooded|双面呢=Double-face|轻薄=Lightweight|系带=Belted',
    SIZES.wear,
  ),
  leaf(
    3,
    ['裤装半裙', 'Trousers & Skirts'],
    WEAR,
    [89, 299],
    16,
    '阔腿裤=Wide-leg Trousers|牛仔裤=Jeans|百褶裙=Pleated Skirt|西装裤=Tailored Trousers|A 字裙=A-line Skirt',
    '高腰=High-waist|垂感=Draped|直筒=Straight|灯芯绒=Corduroy|亚麻=Linen|显瘦=Slim',
    SIZES.wear,
  ),
  leaf(
    3,
    ['内衣家居服', 'Underwear & Loungewear'],
    ['even', false, 1.8, 0.8],
    [39, 199],
    27,
    '无钢圈文胸=Wire-free Bra|家居服套装=Lounge Set|船袜=No-show Socks|打底裤=Leggings|睡裙=Nightdress',
    '莫代尔=Modal|纯棉=Cotton|冰丝=Ice-silk|法兰绒=Flannel|无痕=Seamless|蕾丝=Lace',
    SIZES.wear,
  ),
  leaf(
    4,
    ['男士上衣', "Men's Tops"],
    WEAR,
    [69, 299],
    22,
    'Polo 衫=Polo Shirt|牛津衬衫=Oxford Shirt|圆领 T 恤=Crew T-shirt|针织衫=Knit Jumper|连帽卫衣=Hoodie',
    '商务=Business|休闲=Casual|免烫=Non-iron|重磅=Heavyweight|速干=Quick-dry|条纹=Striped',
    SIZES.wear,
  ),
  leaf(
    4,
    ['男士外套', "Men's Jackets"],
    WARM,
    [239, 799],
    20,
    '羽绒服=Down Jacket|夹克=Jacket|羊毛大衣=Wool Overcoat|冲锋衣=Shell Jacket|棒球服=Varsity Jacket',
    '立领=Stand-collar|轻量=Lightweight|防泼水=Water-repellent|三合一=3-in-1|短款=Short|工装=Utility',
    SIZES.wear,
  ),
  leaf(
    4,
    ['男裤', "Men's Trousers"],
    WEAR,
    [99, 299],
    20,
    '休闲裤=Chinos|牛仔裤=Jeans|西裤=Dress Trousers|运动裤=Joggers|工装裤=Cargo Trousers',
    '修身=Slim|直筒=Straight|弹力=Stretch|抗皱=Crease-free|束脚=Tapered|加绒=Fleece-lined',
    SIZES.wear,
  ),
  leaf(
    4,
    ['运动鞋', 'Trainers'],
    ['even', false, 2.3, 1.8],
    [159, 599],
    38,
    '跑步鞋=Running Shoes|板鞋=Court Trainers|老爹鞋=Chunky Trainers|训练鞋=Training Shoes|徒步鞋=Hiking Shoes',
    '轻量=Lightweight|缓震=Cushioned|透气=Breathable|复古=Retro|碳板=Carbon-plate|厚底=Platform',
    SIZES.shoe,
  ),
  leaf(
    4,
    ['皮鞋靴子', 'Leather Shoes & Boots'],
    WARM,
    [199, 699],
    22,
    '乐福鞋=Loafers|切尔西靴=Chelsea Boots|德比鞋=Derby Shoes|短靴=Ankle Boots|雪地靴=Snow Boots',
    '真皮=Leather|软底=Soft-sole|手工=Hand-finished|麂皮=Suede|经典=Classic|加绒=Fleece-lined',
    SIZES.shoe,
  ),
  leaf(
    5,
    ['床品', 'Bedding'],
    ['winter', false, 1.9, 1],
    [99, 599],
    28,
    '四件套=Bedding Set|羽绒被=Down Duvet|法兰绒毯=Flannel Blanket|蚕丝被=Silk Quilt|床笠=Fitted Sheet',
    '长绒棉=Long-staple Cotton|水洗棉=Washed Cotton|天丝=Lyocell|磨毛=Brushed|抗菌=Antibacterial|亚麻=Linen',
    '1.2m=120 cm|1.5m=150 cm|1.8m=180 cm|2.0m=200 cm',
  ),
  leaf(
    5,
    ['厨具', 'Kitchenware'],
    GOODS,
    [39, 359],
    3,
    '不粘炒锅=Non-stick Wok|铸铁锅=Cast-iron Pot|菜刀=Chef Knife|砧板=Chopping Board|餐具套装=Dinnerware Set|保温壶=Thermos Jug',
    '麦饭石=Stone-coated|304 不锈钢=Stainless-steel|竹制=Bamboo|日式=Japanese-style|轻量=Lightweight|珐琅=Enamel',
    '小号=Small|中号=Medium|大号=Large|套装=Set',
  ),
  leaf(
    5,
    ['收纳', 'Storage'],
    GOODS,
    [19, 169],
    31,
    '收纳箱=Storage Box|衣物袋=Garment Bag|抽屉分隔=Drawer Divider|鞋盒=Shoe Box|挂钩架=Hook Rack',
    '透明=Clear|可折叠=Foldable|布艺=Fabric|加厚=Heavy-duty|带轮=Wheeled|藤编=Rattan',
    '小号=Small|中号=Medium|大号=Large|三件套=Set of 3',
  ),
  leaf(
    5,
    ['毛巾浴室', 'Towels & Bath'],
    GOODS,
    [19, 139],
    33,
    '浴巾=Bath Towel|毛巾=Hand Towel|地垫=Bath Mat|浴袍=Bathrobe|浴帘=Shower Curtain',
    '新疆棉=Xinjiang Cotton|竹纤维=Bamboo-fibre|速干=Quick-dry|华夫格=Waffle|加厚=Plush|素色=Plain',
    SIZES.colour,
  ),
  leaf(
    5,
    ['灯饰香薰', 'Lighting & Scents'],
    GOODS,
    [39, 299],
    27,
    '台灯=Desk Lamp|香薰蜡烛=Scented Candle|落地灯=Floor Lamp|无火香薰=Reed Diffuser|小夜灯=Night Light',
    '护眼=Eye-care|木质=Wooden|陶瓷=Ceramic|极简=Minimal|感应=Motion-sensing|复古=Vintage',
    SIZES.colour,
  ),
  leaf(
    6,
    ['纸品', 'Paper Goods'],
    STAPLE,
    [12, 79],
    31,
    '抽纸=Facial Tissues|卷纸=Toilet Rolls|厨房纸=Kitchen Roll|湿厕纸=Moist Toilet Tissue|手帕纸=Pocket Tissues',
    '原木=Virgin-pulp|竹浆=Bamboo-pulp|加厚 4 层=4-ply|无香=Unscented|云感=Cloud-soft|悬挂式=Hanging',
    '10 包=10 packs|18 包=18 packs|24 包=24 packs|30 包=30 packs',
  ),
  leaf(
    6,
    ['洗衣清洁', 'Laundry & Cleaning'],
    STAPLE,
    [15, 99],
    30,
    '洗衣液=Laundry Liquid|柔顺剂=Fabric Softener|洗洁精=Dish Soap|厨房去油剂=Kitchen Degreaser|地板清洁剂=Floor Cleaner',
    '除菌=Antibacterial|留香=Long-scent|浓缩=Concentrated|柔护=Gentle|柠檬=Lemon|植物=Plant-based',
    '500ml=500 ml|1L=1 L|2L=2 L|3L=3 L',
  ),
  leaf(
    6,
    ['口腔护理', 'Oral Care'],
    STAPLE,
    [12, 129],
    33,
    '牙膏=Toothpaste|软毛牙刷=Soft Toothbrush|漱口水=Mouthwash|牙线棒=Floss Picks|电动牙刷头=Electric Brush Heads',
    '益生菌=Probiotic|薄荷=Mint|美白=Whitening|抗敏=Sensitive|白桃乌龙=Peach Oolong|海盐=Sea-salt',
    '单件装=Single|2 件装=Pack of 2|3 件装=Pack of 3|家庭装=Family Pack',
  ),
  leaf(
    6,
    ['身体沐浴', 'Body & Bath'],
    CARE,
    [19, 119],
    8,
    '沐浴露=Body Wash|身体乳=Body Lotion|护手霜=Hand Cream|香皂=Soap Bar|磨砂膏=Body Scrub',
    '乳木果=Shea|樱花=Cherry-blossom|牛奶=Milk|白麝香=White-musk|海盐=Sea-salt|马油=Horse-oil',
    '经典装=Classic|旅行装=Travel Size|家庭装=Family Size|礼盒装=Gift Box',
  ),
  leaf(
    6,
    ['宠物用品', 'Pet Supplies'],
    STAPLE,
    [19, 259],
    31,
    '猫粮=Cat Food|狗粮=Dog Food|豆腐猫砂=Tofu Cat Litter|猫条=Cat Treat Sticks|磨牙棒=Dental Chews|冻干零食=Freeze-dried Snacks',
    '全价=Complete|鸡肉=Chicken|三文鱼=Salmon|无谷=Grain-free|幼宠=Young-pet|绿茶=Green Tea',
    '500g=500 g|1kg=1 kg|1.5kg=1.5 kg|2.5kg=2.5 kg',
  ),
  leaf(
    7,
    ['手机配件', 'Phone Accessories'],
    ['even', false, 2.1, 1.2],
    [19, 199],
    36,
    '手机壳=Phone Case|快充头=Fast Charger|数据线=Charging Cable|充电宝=Power Bank|车载支架=Car Mount',
    '磁吸=Magnetic|透明=Clear|氮化镓=GaN|编织=Braided|超薄=Ultra-slim|防摔=Shockproof',
    SIZES.cloth,
  ),
  leaf(
    7,
    ['耳机音箱', 'Audio'],
    ['even', false, 2.1, 1.2],
    [89, 699],
    35,
    '真无线耳机=True-wireless Earbuds|头戴耳机=Headphones|蓝牙音箱=Bluetooth Speaker|骨传导耳机=Bone-conduction Headset',
    '降噪=Noise-cancelling|运动=Sports|轻巧=Compact|高保真=Hi-fi|长续航=Long-life|复古=Retro',
    SIZES.cloth,
  ),
  leaf(
    7,
    ['小家电', 'Small Appliances'],
    ['gift', false, 2, 1],
    [99, 599],
    26,
    '空气炸锅=Air Fryer|电水壶=Electric Kettle|破壁机=Blender|加湿器=Humidifier|吹风机=Hair Dryer|电饭煲=Rice Cooker',
    '智能=Smart|迷你=Mini|静音=Quiet|多功能=Multi-function|恒温=Temperature-control|便携=Portable',
    SIZES.colour,
  ),
  leaf(
    7,
    ['瑜伽健身', 'Yoga & Fitness'],
    ['summer', false, 2.1, 1.4],
    [39, 259],
    23,
    '瑜伽垫=Yoga Mat|运动背心=Sports Bra|弹力带=Resistance Band|哑铃=Dumbbell|运动紧身裤=Training Tights|泡沫轴=Foam Roller',
    '防滑=Non-slip|加厚=Extra-thick|专业=Pro|高弹=High-stretch|轻盈=Featherlight|环保=Eco',
    '入门款=Starter|标准款=Standard|加强款=Plus|套装=Set',
  ),
  leaf(
    7,
    ['户外露营', 'Outdoor & Camping'],
    ['summer', false, 2, 1.2],
    [49, 699],
    38,
    '帐篷=Tent|折叠椅=Folding Chair|天幕=Tarp|露营灯=Camping Lantern|保温杯=Insulated Bottle|登山包=Hiking Pack',
    '自动=Pop-up|防风=Windproof|轻量=Ultralight|户外=Outdoor|大容量=Large|防晒=UV-block',
    '标准款=Standard|加大款=Extra Large|轻便款=Light|套装=Set',
  ),
];

/** Invented brands, a handful for each department. */
export const BRANDS: readonly (readonly Bilingual[])[] = [
  texts('牧云=Muyun|谷雨=Guyu|山食记=Shanshiji|北纬=Northlat|Hearth & Field=Hearth & Field'),
  texts('素影=Suying|白露=Bailu|花间集=Huajian|Lumera=Lumera|眠月=Mianyue'),
  texts('小满=Xiaoman|团团=Tuantuan|萌芽=Mengya|Puddlebee=Puddlebee|棉朵=Mianduo'),
  texts('青禾=Qinghe|织梦=Zhimeng|Maison Lys=Maison Lys|云裳=Yunshang|及夏=Jixia'),
  texts('行止=Xingzhi|北岸=Beian|Harrow & Co=Harrow & Co|峰域=Fengyu|踏野=Taye'),
  texts('宿云=Suyun|木与白=Muyubai|Nordhus=Nordhus|拾光=Shiguang|一间=Yijian'),
  texts('净里=Jingli|竹语=Zhuyu|Clearbrook=Clearbrook|毛球社=Maoqiu|日常=Richang'),
  texts('声野=Shengye|极客屋=Geekhouse|Voltano=Voltano|越岭=Yueling|动因=Dongyin'),
];
