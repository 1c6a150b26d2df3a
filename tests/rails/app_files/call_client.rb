# frozen_string_literal: true

# Makes one call of the client as told on standard input, and prints what came of it.
require "json"
require ARGV.fetch(0)

told = JSON.parse($stdin.read, symbolize_names: true)
waits = []
called = 0
options = told.fetch(:client)
options[:token] = -> { "token-#{called += 1}" } if options[:token] == "called"
client = TutorWorkbench::Client.new(
  **options, clock: -> { Time.at(told.fetch(:now, 0)) }, sleeper: ->(seconds) { waits << seconds },
             random: -> { told.fetch(:random, 0.5) }
)
outcome =
  begin
    result = client.public_send(told.fetch(:call), told.fetch(:records))
    result.to_h.merge(request_id: result.request_id)
  rescue TutorWorkbench::Error => e
    { error: e.class.name, message: e.message, status: e.status, title: e.title, detail: e.detail }
  end
puts JSON.generate(outcome.merge(waits: waits, inspected: client.inspect))
