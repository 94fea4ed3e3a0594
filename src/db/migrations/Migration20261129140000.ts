import { Migration } from '@mikro-orm/migrations';

/**
 * Outcomes as JSON text. Nothing but reports looks into them, and to convert one to `jsonb` takes PostgreSQL longer than to write its row
 * (docs/decisions/0094). Workers of the version before must not run: the values they send have the other type.
 */
export class Migration20261129140000 extends Migration {
  override name = 'Migration20261129140000';

  override up(): void | Promise<void> {
    // 1588002817 is the first key of the locks by which workers own lanes (src/db/lanes/lock-keys.ts).
    this.addSql(`do $$ begin
      if exists (select from pg_locks where locktype = 'advisory' and granted and objsubid = 2
        and classid = 1588002817 and database = (select oid from pg_database where datname = current_database()))
        or exists (select from pg_stat_activity
          where datname = current_database() and application_name = 'seatlane-worker')
      then raise exception 'Workers of the version before are running.'
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
