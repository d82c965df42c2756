// What is wrong with the page as it stands, as sentences; nothing: all is well. Called with whether somebody is signed in.
isSignedIn => {
  const faults = [];
  const say = (element, what) => faults.push(`${what}: ${element.outerHTML.replace(/\s+/g, ' ').slice(0, 160)}`);
  const isSeen = element => {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && box.right > 0;
  };

  // Form.
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) {
    const over = [...document.querySelectorAll('main *, header *')].filter(isSeen)
      .filter(element => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !element.closest('.scroll, pre, .chart'));
    faults.push(`${wide} px wider than the window: ${over.slice(0, 3).map(element => element.outerHTML.replace(/\s+/g, ' ').slice(0, 120)).join(' | ')}`);
  }
  if (document.documentElement.lang !== 'en') faults.push('the language is not said');
  if (document.title.trim().length < 8) faults.push(`the title says nothing: ${document.title}`);
  const heads = [...document.querySelectorAll('h1')];
  if (heads.length !== 1) faults.push(`${heads.length} headlines h1`);
  if (document.querySelectorAll('main').length !== 1) faults.push('there is not one main');
  if (isSignedIn && ![...document.querySelectorAll('nav[aria-label]')].some(nav => isSeen(nav) || nav.closest('details')?.checkVisibility())) faults.push('there is no nav that can be reached');
  for (const nav of document.querySelectorAll('nav')) if (!nav.ariaLabel) say(nav, 'a nav without a name');
  let level = 1;
  for (const head of document.querySelectorAll('main :is(h1, h2, h3, h4)')) {
    const own = Number(head.tagName[1]);
    if (own > level + 1) say(head, `a headline of level ${own} below one of level ${level}`);
    level = own;
  }

  // Names.
  const named = element => (element.ariaLabel || element.getAttribute('aria-labelledby')
    || [...(element.labels || [])].map(label => label.textContent).join('') || element.textContent || element.title || '').trim();
  for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    if (!(field.labels?.length || field.ariaLabel || field.getAttribute('aria-labelledby'))) say(field, 'a field without a label');
  }
  for (const act of document.querySelectorAll('button, a[href], summary')) if (!named(act)) say(act, 'nothing says what this does');
  for (const picture of document.querySelectorAll('img:not([alt]), svg:not([aria-hidden], [aria-label], [role]):not(figure[aria-label] svg)')) say(picture, 'a picture without words');
  for (const region of document.querySelectorAll('.scroll')) {
    if (region.scrollWidth > region.clientWidth && isSeen(region) && region.tabIndex < 0 && !region.querySelector('a, button, input')) say(region, 'a table that cannot be scrolled by keyboard');
  }
  for (const ahead of document.querySelectorAll('[tabindex]')) if (ahead.tabIndex > 0) say(ahead, 'jumps ahead in the order of Tab');
  const ids = new Set();
  for (const element of document.querySelectorAll('[id]')) {
    if (ids.has(element.id)) say(element, 'an id that is taken');
    ids.add(element.id);
  }
  for (const element of document.querySelectorAll('[aria-labelledby], [aria-describedby], label[for]')) {
    for (const id of [element.getAttribute('aria-labelledby'), element.getAttribute('aria-describedby'), element.htmlFor].filter(Boolean).flatMap(all => all.split(' '))) {
      if (!ids.has(id)) say(element, `points to ${id}, which is not there`);
    }
  }

  // Contrast: the colour of each text on what lies behind it, WCAG 2.2 (1.4.3).
  const pen = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const colours = new Map();
  const parse = text => {
    if (!colours.has(text)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = text;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      colours.set(text, [r, g, b, a / 255]);
    }
    return colours.get(text);
  };
  const over = (upper, lower) => [0, 1, 2].map(i => upper[i] * upper[3] + lower[i] * (1 - upper[3])).concat(1);
  const behind = element => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((lower, upper) => over(upper, lower), [255, 255, 255, 1]);
  };
  const light = colour => colour.slice(0, 3).map(value => value / 255).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const seen = new Set();
  const judge = (element, style, of) => {
    const ground = behind(element);
    const ink = over(parse(element instanceof SVGElement ? style.fill : style.color), ground);
    const ratio = contrast(ink, ground);
    if (ratio < 4.5 && !seen.has(`${ink}${ground}`)) {
      seen.add(`${ink}${ground}`);
      say(element, `contrast ${ratio.toFixed(2)} of ${of}, ${ink.slice(0, 3).map(Math.round)} on ${ground.slice(0, 3).map(Math.round)}`);
    }
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const [text, element] = [walker.currentNode.data.trim(), walker.currentNode.parentElement];
    if (text && element && !element.matches('script, style, noscript, option, :disabled') && !element.closest('.unseen, .skip') && isSeen(element)) judge(element, getComputedStyle(element), `"${text.slice(0, 30)}"`);
  }
  for (const field of document.querySelectorAll('input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea')) {
    if (isSeen(field)) judge(field, getComputedStyle(field), 'what is typed');
  }
  for (const cell of document.querySelectorAll('[data-label]')) {
    const style = getComputedStyle(cell, '::before');
    if (isSeen(cell) && style.content !== 'none') judge(cell, style, `the label ${cell.dataset.label}`);
  }
  return faults;
}
