"""What others write for the words of our vocabularies: in English, Russian, Kazakh and Japanese.

By slug, parted by semicolons; compared without case, accents and punctuation. A word stands here
only where it means just that: what a ministry calls “planned” may be proposed or approved.
"""

SECTORS = {
    "solar": (
        "solar power; solar energy; solar pv; pv; photovoltaic; photovoltaics; solar thermal; "
        "солнечная энергетика; солнечная энергия; солнечная; солнечная электростанция; СЭС; "
        "күн энергетикасы; күн энергиясы; 太陽光; 太陽光発電; 太陽熱"
    ),
    "wind": (
        "wind energy; onshore wind; offshore wind; ветроэнергетика; ветровая энергетика; "
        "ветровая; ветер; ВЭС; ветровая электростанция; жел энергетикасы; жел энергиясы; 風力; "
        "風力発電"
    ),
    "hydro": (
        "hydro power; hydroelectric; hydroelectricity; small hydro; гидроэнергетика; ГЭС; "
        "малая ГЭС; гидроэлектростанция; 水力; 水力発電; 小水力; 小水力発電"
    ),
    "geo_bio": (
        "geothermal; bioenergy; biomass; biogas; геотермальная энергетика; биоэнергетика; биогаз; "
        "биомасса; 地熱; 地熱発電; バイオマス; バイオガス"
    ),
    "nuclear": (
        "nuclear power; nuclear energy; uranium; атомная энергетика; ядерная энергетика; АЭС; "
        "атомная электростанция; уран; атом энергетикасы; 原子力; 原子力発電; ウラン"
    ),
    "thermal": (
        "thermal power; gas power; gas-fired power; coal-fired power; ccgt; chp; "
        "combined heat and power; тепловая энергетика; теплоэнергетика; ТЭС; ТЭЦ; ГРЭС; ПГУ; "
        "тепловая электростанция; жылу энергетикасы; 火力; 火力発電; コージェネレーション"
    ),
    "ccus": (
        "ccs; carbon capture; carbon capture and storage; улавливание углерода; "
        "улавливание и хранение углерода; улавливание и хранение CO2; 炭素回収; CO2回収; "
        "CO2回収・貯留; 二酸化炭素回収・貯留"
    ),
    "hydrogen": (
        "green hydrogen; ammonia; fertiliser; fertilizer; водород; зелёный водород; "
        "водородная энергетика; аммиак; удобрения; сутегі; 水素; アンモニア; 肥料"
    ),
    "grid": (
        "power grid; electricity grid; transmission; energy storage; battery storage; bess; "
        "substation; электрические сети; электросети; сети; ЛЭП; передача электроэнергии; "
        "накопление энергии; накопители энергии; подстанция; 送電; 送配電; 送電網; 系統; "
        "電力系統; 蓄電; 蓄電池"
    ),
    "efficiency": (
        "energy efficiency; energy saving; district heating; энергоэффективность; "
        "энергосбережение; централизованное теплоснабжение; теплоснабжение; энергия тиімділігі; "
        "энергия үнемдеу; 省エネ; 省エネルギー; 地域熱供給"
    ),
    # “Gas” alone may be a field or a power plant.
    "oil_gas": (
        "oil and gas; oil & gas; oil; methane; нефть и газ; нефтегаз; нефтегазовая отрасль; "
        "нефть; метан; мұнай және газ; мұнай-газ; 石油・ガス; 石油ガス; 石油; メタン"
    ),
    "coal": "coal mining; mine closure; уголь; угольная промышленность; көмір; 石炭; 炭鉱",
    "industry": (
        "manufacturing; steel; cement; metallurgy; промышленность; металлургия; цемент; сталь; "
        "өнеркәсіп; 産業; 工業; 製鉄; 鉄鋼; セメント"
    ),
    "corridor": (
        "transport; transport corridor; trade route; logistics; rail; транспорт; "
        "транспортный коридор; логистика; торговые пути; көлік; 輸送; 物流; 交通; 運輸"
    ),
    "waste_water": (
        "waste; water; waste management; wastewater; отходы; вода; водоснабжение; "
        "управление отходами; сточные воды; 廃棄物; 水; 廃水; 下水"
    ),
    "minerals": (
        "mining; critical minerals; горнодобывающая промышленность; горная добыча; "
        "критические минералы; полезные ископаемые; добыча полезных ископаемых; 重要鉱物; 鉱業; "
        "鉱物"
    ),
    "people": (
        "skills; training; education; capacity building; human resources; обучение; образование; "
        "подготовка кадров; кадры; 人材; 人材育成; 研修; 教育"
    ),
    "policy_mrv": (
        "policy; carbon market; carbon markets; mrv; research; политика; углеродный рынок; "
        "углеродные рынки; исследования; 政策; 炭素市場; 研究"
    ),
}

STATUSES = {
    "idea": "concept; идея; концепция; замысел; 構想",
    "proposed": "proposal; предложен; предложено; предложена; предложение; ұсынылған; 提案; 提案中",
    "agreed": (
        "agreement signed; mou signed; согласован; согласовано; согласована; "
        "соглашение подписано; подписано соглашение; келісілген; 合意; 合意済み"
    ),
    "feasibility": (
        "feasibility study; технико-экономическое обоснование; ТЭО; разработка ТЭО; "
        "実現可能性調査; 事業化調査; fs調査"
    ),
    "approved": "одобрен; одобрено; одобрена; утверждён; утверждено; бекітілген; 承認; 承認済み",
    "construction": (
        "building; in construction; строится; строительство; в строительстве; идёт строительство; "
        "на стадии строительства; құрылыс; 建設; 建設中"
    ),
    "operating": (
        "operational; in operation; operation; в эксплуатации; эксплуатация; эксплуатируется; "
        "действует; действующий; действующая; действующее; работает; введён в эксплуатацию; "
        "пайдалануда; 稼働; 稼働中; 運転; 運転中; 操業中"
    ),
    "completed": (
        "finished; завершён; завершено; завершена; окончен; окончено; аяқталған; 完了; 完成"
    ),
    "retired": "decommissioned; выведен из эксплуатации; выведена из эксплуатации; 廃止",
    "suspended": "on hold; paused; приостановлен; приостановлено; приостановлена; 中断; 休止",
    "withdrawn": "отозван; отозвано; отозвана; 撤回; 取り下げ",
    "rejected": "отклонён; отклонено; отклонена; отказано; 却下; 不採択",
    "cancelled": "canceled; отменён; отменено; отменена; прекращён; прекращено; 中止; 取消",
}

PRECISIONS = {
    "exact": "точно; точная; точное; точный; 正確",
    "approximate": "approx; примерно; приблизительно; приблизительная; おおよそ; 概略",
    "town": "город; населённый пункт; ближайший город; ближайший населённый пункт; 最寄りの町",
    "region": "регион; область; 地域",
    "schematic": "схематично; схема",
    "unlocated": "no place; unknown; неизвестно; нет координат; без координат; 位置不明; 不明",
}

PUBLICATIONS = {
    "draft": "черновик; 下書き",
    "internal": "внутренний; внутренняя; внутреннее; 内部",
    "public": "публичный; публично; открыто; открытый; 公開",
}

ROLES = {
    "proponent": "developer; инициатор; заявитель; 提案者",
    "host": "принимающая сторона; 受入機関",
    "funder": "financier; lender; donor; донор; инвестор; кредитор; 資金提供者; 融資機関",
    "implementer": "contractor; исполнитель; подрядчик; 実施者; 実施機関",
    "technology": "technology provider; поставщик технологии; 技術提供者",
    "offtaker": "buyer; покупатель; オフテイカー",
}

MECHANISMS = {
    "none": "no; нет; なし; 無し",
    "jcm": "механизм совместного кредитования; 二国間クレジット制度",
    "article_6_2": "article 6.2; paris agreement 6.2; статья 6.2; パリ協定6条2項; 6条2項",
}

COMMODITIES = {
    "oil": "crude oil; petroleum; нефть; мұнай; 石油; 原油",
    "gas": "газ; природный газ; табиғи газ; 天然ガス; ガス",
    "coal": "уголь; көмір; 石炭",
    "uranium": "уран; ウラン",
    "copper": "cu; медь; мыс; 銅",
    "gold": "au; золото; алтын; 金",
    "silver": "ag; серебро; күміс; 銀",
    "lead_zinc": (
        "lead; zinc; pb; zn; pb-zn; свинец; цинк; свинец и цинк; қорғасын; мырыш; 鉛; 亜鉛"
    ),
    "nickel_cobalt": "nickel; cobalt; ni; co; никель; кобальт; ニッケル; コバルト",
    "chromium": "chrome; chromite; cr; хром; хромит; クロム",
    "iron": "iron ore; fe; железо; железная руда; темір; 鉄; 鉄鉱石",
    "manganese": "mn; марганец; マンガン",
    "molybdenum": "mo; молибден; モリブデン",
    "tungsten": "w; вольфрам; タングステン",
    "tin": "sn; олово; қалайы; 錫; スズ",
    "rare_earths": (
        "rare earth; rare earth elements; ree; редкоземельные элементы; редкоземельные металлы; "
        "РЗЭ; レアアース; 希土類"
    ),
    "lithium": "li; литий; リチウム",
    "platinum_group": "platinum; pgm; pge; pt; pd; платина; платиноиды; プラチナ; 白金; 白金族",
    "aluminium": "aluminum; bauxite; al; алюминий; боксит; бокситы; アルミニウム; ボーキサイト",
    "titanium": "ti; титан; チタン",
    "antimony": "sb; сурьма; アンチモン",
    "mercury": "hg; ртуть; сынап; 水銀",
    "phosphate": "phosphates; phosphorite; фосфат; фосфаты; фосфорит; фосфориты; リン鉱石",
    "potash_salt": "potash; salt; калий; калийные соли; соль; тұз; カリ; 塩",
    "graphite": "графит; グラファイト; 黒鉛",
    "silica": "quartz; кремнезём; кварц; кварцевый песок; シリカ; 珪石",
    "limestone": "известняк; әктас; 石灰石",
    "geothermal": "геотермальная энергия; геотермальные воды; 地熱",
    "other": "прочее; другое; другие; その他",
}

DEPOSIT_KINDS = {
    "field": "oil field; gas field; 油田; ガス田",
    "mine": "рудник; шахта; карьер; 鉱山",
    "deposit": "месторождение; кен орны; 鉱床",
    "occurrence": "проявление; рудопроявление; 鉱徴",
}

DEPOSIT_STATUSES = {
    "undeveloped": "неосвоенное; не разрабатывается; 未開発",
    "explored": "разведано; разведанное; 探査済み",
    "developing": "осваивается; в освоении; 開発中",
    "operating": "разрабатывается; " + STATUSES["operating"],
    "closed": "закрыт; закрыто; закрыта; 閉山",
    "unknown": "неизвестно; 不明",
}

SIZE_CLASSES = {
    "giant": "гигантское; уникальное",
    "large": "крупное; 大",
    "medium": "среднее; 中",
    "small": "мелкое; малое; 小",
    "unknown": "неизвестно; 不明",
}

CORRIDOR_KINDS = {
    "oil_pipeline": "нефтепровод; 石油パイプライン",
    "gas_pipeline": "газопровод; ガスパイプライン",
    "rail": "railroad; железная дорога; теміржол; 鉄道",
    "road": "highway; дорога; автодорога; автомобильная дорога; 道路",
    "port": "порт; 港; 港湾",
    "power_line": "transmission line; линия электропередачи; ЛЭП; 送電線",
}

CORRIDOR_STATUSES = {
    "planned": "планируется; планируемый; в планах; жоспарланған; 計画; 計画中",
    **{slug: STATUSES[slug] for slug in ("construction", "operating", "suspended", "cancelled")},
}

AGREEMENT_KINDS = {
    "jcm": MECHANISMS["jcm"],
    "skilled_workers": "квалифицированные работники; 特定技能",
    "energy": "энергетика; エネルギー",
    "trade": "торговля; 貿易",
    "finance": "финансы; финансирование; 金融",
    "transport": "транспорт; 輸送",
    "other": "прочее; другое; その他",
}

AGREEMENT_STATUSES = {
    "announced": "объявлено; 発表",
    "signed": "подписано; подписан; подписана; 署名; 署名済み",
    "in_force": "вступило в силу; в силе; действует; 発効; 発効済み",
    "held": "проведено; 開催",
    "expired": "истекло; истёк срок; 失効",
}

COUNTRIES = {
    "KZ": "KAZ; Republic of Kazakhstan; Республика Казахстан; РК",
    "KG": "KGZ; Kyrgyz Republic; Кыргызская Республика; Киргизия; Кыргызстан; КР",
    "TJ": "TJK; Republic of Tajikistan; Республика Таджикистан",
    "TM": "TKM; Туркмения",
    "UZ": "UZB; Republic of Uzbekistan; Республика Узбекистан; РУз",
}

YES_NO = {
    "yes": "true; 1; y; да; иә; はい",
    "no": "false; 0; n; нет; жоқ; いいえ",
}


def words_of(said: str) -> list[str]:
    """The words of one row of these tables."""
    return [word.strip() for word in said.split(";")]
