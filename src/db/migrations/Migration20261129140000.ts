import { Migration } from '@mikro-orm/migrations';

/**
 * Outcomes as JSON text. Nothing but reports and the audit look into them, and PostgreSQL converts each to `jsonb` (docs/decisions/0094). Processes of the
 * version before must not run: they have prepared statements that return these columns, and a prepared statement fails when the type of its result changes.
 */
export class Migration20261129140000 extends Migration {
  override name = 'Migration20261129140000';

  override up(): void | Promise<void> {
    // The lock comes before the check, so that no process can connect and use the table between both.
    this.addSql(`lock table "command_receipt" in access exclusive mode;`);
    // 1588002817 is the first key of the locks by which workers own lanes (src/db/lanes/lock-keys.ts).
    this.addSql(`do $$ begin
      if exists (select from pg_locks where locktype = 'advisory' and granted and objsubid = 2
        and classid = 1588002817 and database = (select oid from pg_database where datname = current_database()))
        or exists (select from pg_stat_activity
          where datname = current_database() and application_name in ('seatlane-api', 'seatlane-worker'))
      then raise exception 'Processes of the version before are running.'
        using errcode = 'object_in_use';
      end if; end $$;`);

    this.addSql(
      `alter table "command_receipt" alter column "result" type json using "result"::json, alter column "problem" type json using "problem"::json;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(
      `alter table "command_receipt" alter column "result" type jsonb using "result"::jsonb, alter column "problem" type jsonb using "problem"::jsonb;`,
    );
  }
}
