// The words of the pages, Chinese first with English beside it.

export type Language = 'zh' | 'en';

const words = {
  title: ['一屏观天下', 'One Screen, Whole City'],
  subtitle: ['城市运行数字孪生', 'Digital twin of the city'],
  vitals: ['城市体征', 'City vitals'],
  layers: ['图层', 'Layers'],
  legend: ['图例', 'Legend'],
  feature: ['要素档案', 'Feature file'],
  city: ['全市', 'City'],
  cut: ['数据截至', 'Data as of'],
  cutUnknown: ['数据时间未知', 'No data time'],
  missing: ['未接入', 'Not connected'],
  synthetic: ['合成', 'Synthetic'],
  surveyed: ['实测', 'Surveyed'],
  schematic: ['示意', 'Schematic'],
  source: ['来源', 'Source'],
  sources: ['数据来源', 'Data sources'],
  noAttribution: ['无需署名', 'no attribution required'],
  inTiles: ['图幅内 {total}', '{total} in view'],
  inTilesThinned: ['图幅内 {total} · 抽稀', '{total} · thinned'],
  inTilesHint: [
    '图幅内：覆盖画面的瓦片里的要素，线和面以中心点计',
    'In view: features of the tiles that cover the view; lines and areas count where their middle is',
  ],
  drawn: ['绘出 {shown} / {total}', '{shown} of {total} drawn'],
  drawnThinned: ['绘出 {shown} / {total} · 抽稀', '{shown} of {total} · thinned'],
  visibleFrom: ['放大到 {zoom} 级可见', 'Zoom to {zoom} to see'],
  show: ['显示', 'Show'],
  hide: ['隐藏', 'Hide'],
  close: ['关闭', 'Close'],
  fold: ['收起', 'Fold'],
  unfold: ['展开', 'Unfold'],
  magnifier: ['放大镜', 'Magnifier'],
  magnifierHint: ['飞到这个要素', 'Fly to this feature'],
  endoscope: ['内窥镜', 'Endoscope'],
  endoscopeHint: ['查看数据血缘', 'Show where the data comes from'],
  lineage: ['数据血缘', 'Lineage'],
  place: ['所在区划', 'Regions'],
  attributes: ['属性', 'Attributes'],
  code: ['编码', 'Code'],
  id: ['序号', 'ID'],
  sourceId: ['来源编号', 'ID in source'],
  licence: ['许可', 'Licence'],
  datum: ['坐标基准', 'Datum'],
  accuracy: ['定位精度', 'Accuracy'],
  owner: ['主管部门', 'Department'],
  nature: ['数据性质', 'Nature'],
  version: ['版本', 'Version'],
  updated: ['更新时间', 'Updated'],
  district: ['区', 'District'],
  street: ['街镇', 'Street or town'],
  village: ['居村', 'Neighbourhood'],
  loading: ['读取中', 'Loading'],
  yes: ['是', 'Yes'],
  no: ['否', 'No'],
  here: ['此处 {n} / {total}', 'Here {n} of {total}'],
  previous: ['上一个', 'Previous'],
  next: ['下一个', 'Next'],
  threeD: ['三维', '3D'],
  threeDHint: ['切换三维建筑', 'Toggle 3D buildings'],
  north: ['正北', 'North up'],
  zoomIn: ['放大', 'Zoom in'],
  zoomOut: ['缩小', 'Zoom out'],
  wholeCity: ['全城', 'Whole city'],
  otherLanguage: ['English', '中文'],
  mapLabel: [
    '城市地图。方向键移动，加减键缩放，回车选取中心的要素。',
    'City map. Arrows move, plus and minus zoom, Enter picks the feature at the centre.',
  ],
  zoom: ['级别', 'Zoom'],
  live: ['实时', 'Live'],
  notLive: ['未连接实时', 'Not live'],
  streams: ['实时数据流', 'Live streams'],
  streamVehicles: ['车辆', 'Vehicles'],
  streamPatrols: ['巡逻', 'Patrols'],
  streamSensors: ['传感器', 'Sensors'],
  streamFences: ['电子围栏', 'Fences'],
  streamLayers: ['图层变更', 'Layer changes'],
  inView: ['画面内 {n}', '{n} in view'],
  countedInView: ['画面内 {n} · 按格计数', '{n} in view · by cell'],
  overInView: ['超限 {n}', '{n} over limit'],
  lag: ['时延 {n} ms', 'lag {n} ms'],
  silent: ['{n} 无数据', 'silent for {n}'],
  neverHeard: ['尚无数据', 'no data yet'],
  degraded: ['降级 {n}', 'degraded {n}'],
  waiting: ['等待连接', 'waiting'],
  lastFix: ['最近定位', 'Last fix'],
  fixTime: ['定位时间', 'Time of the fix'],
  position: ['位置', 'Position'],
  speed: ['速度', 'Speed'],
  heading: ['航向', 'Heading'],
  trackHour: ['近一小时轨迹', 'Track of the last hour'],
  trackNone: ['没有轨迹', 'No track'],
  trackLength: ['{km} 公里 · {n} 个定位', '{km} km, {n} fixes'],
  follow: ['飞到这里', 'Fly there'],
  faultObject: ['对象已离开数据流，或未能读取', 'The object has left the stream, or could not be read'],
  events: ['实时事件', 'Live events'],
  fenceEnter: ['进入', 'entered'],
  fenceExit: ['离开', 'left'],
  fenceCross: ['穿越', 'crossed'],
  fenceDwell: ['滞留', 'stays in'],
  fenceAbsent: ['未返回', 'has not come back to'],
  skipToMap: ['跳到地图', 'Skip to the map'],
  faultServer: [
    '服务器没有应答，画面停在最后一次数据，正在重试',
    'The server does not answer; the picture shows the last data. Retrying',
  ],
  faultStart: ['地图没有启动', 'The map did not start'],
  faultTiles: ['部分地图瓦片没有取到，正在重试', 'Some map tiles are missing. Retrying'],
  faultItem: ['要素档案没有取到', 'The feature file could not be read'],
  faultContext: ['显卡上下文丢失，正在恢复', 'The graphics context was lost. Restoring'],
  groupAdmin: ['行政', 'Administration'],
  groupGround: ['地理', 'Geography'],
  groupTransport: ['交通', 'Transport'],
  groupPipelines: ['地下管线', 'Underground pipelines'],
  groupBuildings: ['建筑', 'Buildings'],
  groupComponents: ['部件', 'Components'],
  groupOther: ['其他', 'Other'],
  vitalComponents: ['城市部件', 'City components'],
  vitalPipelines: ['地下管线', 'Pipelines'],
  vitalFloorArea: ['建筑总量', 'Floor area'],
  vitalCurtainWalls: ['玻璃幕墙建筑', 'Curtain walls'],
  vitalHeritage: ['历史保护建筑', 'Heritage buildings'],
  vitalCompounds: ['住宅小区', 'Compounds'],
  vitalSites: ['建筑工地', 'Construction sites'],
  vitalMetro: ['轨道交通', 'Metro'],
  vitalPopulation: ['常住人口', 'Residents'],
  buildingsCount: ['建筑 {n} 幢', '{n} buildings'],
  highRise: ['高层 {n} 幢', '{n} high-rise'],
  households: ['{n} 户', '{n} households'],
  cranes: ['塔吊 {n} 台', '{n} cranes'],
  stations: ['车站 {n} 座', '{n} stations'],
  segments: ['{n} 段', '{n} segments'],
  panes: ['面板 {n} 块', '{n} panes'],
  regionsCount: ['{districts} 区 · {streets} 街镇', '{districts} districts, {streets} towns'],
  unitPieces: ['件', ''],
  unitBuildings: ['幢', ''],
  unitPlaces: ['处', ''],
  unitCompounds: ['个', ''],
  unitKilometres: ['公里', 'km'],
  unitFloorArea: ['亿平方米', 'bn m²'],
  unitTenThousandPeople: ['万人', 'M people'],
  damaged: ['破损或丢失', 'Damaged or missing'],
  lensDensity: ['密度', 'Density'],
  lensDamage: ['破损丢失', 'Damaged'],
  perHectare: ['件/公顷', 'per hectare'],
  heightLegend: ['建筑高度（米）', 'Building height (m)'],
  curtainWall: ['玻璃幕墙', 'Curtain wall'],
  width: ['线宽随管径', 'width by diameter'],
  metroConstruction: ['在建车站', 'Station under construction'],
} as const satisfies Record<string, readonly [zh: string, en: string]>;

export type Word = keyof typeof words;

/** The word in a language, its {names} filled from params. */
export function translate(
  language: Language,
  word: Word,
  params: Readonly<Record<string, string | number>> = {},
): string {
  const text = words[word][language === 'zh' ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** The language that the address asks for; Chinese when it asks for none. */
export function languageOf(search: string): Language {
  return new URLSearchParams(search).get('lang') === 'en' ? 'en' : 'zh';
}

/** The address with its language changed and everything else kept. */
export function withLanguage(address: string, language: Language): string {
  const url = new URL(address);
  if (language === 'en') url.searchParams.set('lang', 'en');
  else url.searchParams.delete('lang');
  return url.href;
}

/** The server's mark in a language: its words are Chinese, and English has the same two. */
export function translateMark(mark: string, language: Language): string {
  if (language === 'zh') return mark;
  return mark.replaceAll('示意', 'Schematic').replaceAll('合成数据', 'synthetic data').replaceAll('合成', 'synthetic');
}
