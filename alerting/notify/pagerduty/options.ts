/** Where PagerDuty takes events, and how much of them. */

/** The Events API v2; accounts in the EU write theirs as `url`. */
export const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';
export const SUMMARY_CHARS_MAX = 1024;
