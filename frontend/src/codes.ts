// The values of the standard layers' enumerations, in the other language.

import type {Language} from './i18n';

/** Values that the data holds in English, with their Chinese words, by property. */
const toChinese: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  use: {
    residential: '住宅',
    office: '办公',
    commercial: '商业',
    industrial: '工业',
    public: '公共',
    transport: '交通',
    other: '其他',
  },
  medium: {
    water: '给水',
    rain: '雨水',
    sewage: '污水',
    gas: '燃气',
    power: '电力',
    telecom: '通信',
    heat: '热力',
  },
  status: {open: '运营', construction: '在建', closed: '停用'},
  class: {
    motorway: '高速公路',
    trunk: '快速路',
    primary: '主干路',
    secondary: '次干路',
    tertiary: '支路',
    residential: '街坊路',
    service: '内部路',
    pedestrian: '步行街',
    path: '小径',
  },
  kind: {
    sea: '海',
    river: '河流',
    canal: '运河',
    lake: '湖泊',
    pond: '池塘',
    city: '城市',
    town: '镇',
    village: '村',
    neighbourhood: '片区',
    landmark: '地标',
    attraction: '景点',
    museum: '博物馆',
    artwork: '艺术品',
    park: '公园',
    other: '其他',
  },
};

/** Values that the data holds in Chinese, with their English words. */
const toEnglish: Readonly<Record<string, string>> = {
  完好: 'Intact',
  破损: 'Damaged',
  丢失: 'Missing',
  废弃: 'Abandoned',
  移除: 'Removed',
  基坑: 'Excavation',
  基础: 'Foundation',
  主体: 'Structure',
  装修: 'Fit-out',
  竣工: 'Completed',
  合格: 'Passed',
  待整改: 'To be mended',
  不合格: 'Failed',
};

/** The word for an enumeration's value; the value itself where there is none. */
export function codeName(property: string, value: string, language: Language): string {
  if (language === 'zh') return toChinese[property]?.[value] ?? value;
  const english = toEnglish[value];
  if (english !== undefined) return english;
  return toChinese[property]?.[value] === undefined ? value : value.charAt(0).toUpperCase() + value.slice(1);
}

/** English names of the five component class groups, by their two digits. */
const groupsInEnglish: Readonly<Record<string, string>> = {
  '01': 'Municipal utilities',
  '02': 'Traffic',
  '03': 'Sanitation',
  '04': 'Greenery',
  '05': 'Other',
};

/** The short name of a component class group. */
export function componentGroupName(group: string, chinese: string, language: Language): string {
  return language === 'zh' ? chinese : (groupsInEnglish[group] ?? chinese);
}
