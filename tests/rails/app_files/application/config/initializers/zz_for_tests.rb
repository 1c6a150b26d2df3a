# frozen_string_literal: true

# Shorter waits, so that a test sees in seconds what takes minutes in earnest.
Rails.application.config.x.tutor_workbench.merge!(tries: 2, first_wait: 0.05)
Rails.application.config.to_prepare do
  TutorWorkbench::DeliverJob.batch_size = 40
  TutorWorkbench::DeliverJob.lease_seconds = Integer(ENV.fetch("LEASE_SECONDS", "300"))
  TutorWorkbench::DeliverJob.first_wait = 0.1
  TutorWorkbench::DeliverJob.longest_wait = 1
end

# The driver of Rails 6.1 waits for SQLite's lock without letting other threads run, so that the one
# that holds it never ends. Newer ones, and other databases, do not.
module LetOthersRun
  def configure_connection
    super
    @connection.busy_handler { |tries| sleep(0.005) && tries < 4_000 }
  end
end
ActiveSupport.on_load(:active_record_sqlite3adapter) { prepend LetOthersRun }
