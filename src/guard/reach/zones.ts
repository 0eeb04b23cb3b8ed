/**
 * Marks our rules in firewalld's zones, for rich rules have no comments. A positive priority has them come after whatever
 * others reject or drop, such as fail2ban, and before the end of the zone.
 */
export const ZONE_PRIORITY = 20117;
