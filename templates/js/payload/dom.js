/**
 * The report a document carries. A block's element leaves the document when it is read, so its text is held once.
 * @param {Document} document
 * @returns {import('./report.js').ReportSource}
 */
export function sourceFromDocument(document) {
  const text = document.getElementById('embreport-manifest')?.textContent;
  let manifest = null;
  try {
    manifest = JSON.parse(text ?? '');
  } catch {
    throw new Error('This file ends early, before its table of contents. Download the report again.');
  }
  return {
    manifest,
    chars: (id) => document.getElementById(id)?.textContent.length ?? 0,
    block(id) {
      const element = document.getElementById(id);
      if (!element) throw new Error(`The part “${id}” of this file is gone. Load the page again.`);
      const base64 = element.textContent;
      element.remove();
      return base64;
    },
  };
}
