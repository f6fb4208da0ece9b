/** The platform's name for the only door to time; the sdk owns it, because it runs in apps without the platform. */
export { type Clock, SteadyTime, sleep, systemClock, type Timer } from '@plummet/sdk/clock';
