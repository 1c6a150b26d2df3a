# frozen_string_literal: true

# Where the workbench is, and how this application shows who it is: a signing secret or a token.
# Everything that TutorWorkbench::Client.new takes may stand here.
Rails.application.config.x.tutor_workbench = {
  url: ENV["TUTOR_WORKBENCH_URL"].presence,
  secret: ENV["TUTOR_WORKBENCH_SECRET"].presence,
  token: ENV["TUTOR_WORKBENCH_TOKEN"].presence
}
