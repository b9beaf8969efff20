// The tests find a browser themselves (test/browser/find.ts): no download at install time.
module.exports = { skipDownload: true };
