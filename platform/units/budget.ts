/** Budgets of false pages as people write them: `1/year`, `2/month`. */

const A_YEAR: Record<string, number> = { day: 365.25, week: 52.18, month: 12, year: 1, '10 years': 0.1 };

/** @returns false pages a year, or null where the text is no budget */
export function parseBudget(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*\/\s*(day|week|month|year|10 years)$/.exec(text.trim());
  return match ? Number(match[1]) * (A_YEAR[match[2] as string] as number) : null;
}
