#include <sqlite3.h>

/// sqlite3_db_config() is variadic, which Swift cannot call.
/// Defensive: SQL cannot switch the journal off, write to shadow tables or to the schema table.
/// No triggers and views: we have none, so one that a tampered file brings never runs.
static inline int vouchbird_harden(sqlite3 *db) {
    int result = sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
    if (result == SQLITE_OK) {
        result = sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)0);
    }
    if (result == SQLITE_OK) {
        result = sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, (int *)0);
    }
    return result;
}
