<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- An answer of Search/Retrieve via URL, version 1.2
     (https://www.loc.gov/standards/sru/sru-1-2.html). -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns="http://www.loc.gov/zing/srw/"
    xmlns:diag="http://www.loc.gov/zing/srw/diagnostic/"
    xmlns:zr="http://explain.z3950.org/dtd/2.0/"
    xmlns:srw_dc="info:srw/schema/1/dc-schema"
    xmlns:dc="http://purl.org/dc/elements/1.1/">
  <xsl:output method="xml" encoding="UTF-8"/>

  <xsl:template match="/page[@operation = 'searchRetrieve']" priority="1">
    <searchRetrieveResponse>
      <version>1.2</version>
      <numberOfRecords><xsl:value-of select="@total"/></numberOfRecords>
      <xsl:if test="hit"><records><xsl:apply-templates select="hit"/></records></xsl:if>
      <xsl:if test="@next"><nextRecordPosition><xsl:value-of select="@next"/></nextRecordPosition></xsl:if>
      <xsl:call-template name="diagnostics"/>
    </searchRetrieveResponse>
  </xsl:template>

  <xsl:template match="/page">
    <explainResponse>
      <version>1.2</version>
      <record>
        <recordSchema>http://explain.z3950.org/dtd/2.0/</recordSchema>
        <recordPacking>xml</recordPacking>
        <recordData>
          <zr:explain>
            <zr:serverInfo protocol="SRU" version="1.2" transport="{@transport}" method="GET">
              <zr:host><xsl:value-of select="@host"/></zr:host>
              <zr:port><xsl:value-of select="@port"/></zr:port>
              <zr:database>sru</zr:database>
            </zr:serverInfo>
            <zr:databaseInfo><zr:title><xsl:value-of select="@title"/></zr:title></zr:databaseInfo>
            <zr:indexInfo>
              <zr:set name="cql" identifier="info:srw/cql-context-set/1/cql-v1.2"/>
              <zr:set name="dc" identifier="info:srw/cql-context-set/1/dc-v1.1"/>
              <zr:index><zr:map><zr:name set="cql">anywhere</zr:name></zr:map></zr:index>
              <zr:index><zr:map><zr:name set="cql">serverChoice</zr:name></zr:map></zr:index>
              <zr:index><zr:map><zr:name set="dc">date</zr:name></zr:map></zr:index>
            </zr:indexInfo>
            <zr:schemaInfo>
              <zr:schema name="dc" identifier="info:srw/schema/1/dc-v1.1"><zr:title>Dublin Core</zr:title></zr:schema>
            </zr:schemaInfo>
            <zr:configInfo>
              <zr:default type="numberOfRecords">10</zr:default>
              <zr:setting type="maximumRecords">100</zr:setting>
            </zr:configInfo>
          </zr:explain>
        </recordData>
      </record>
      <xsl:call-template name="diagnostics"/>
    </explainResponse>
  </xsl:template>

  <xsl:template match="hit">
    <record>
      <recordSchema>info:srw/schema/1/dc-v1.1</recordSchema>
      <recordPacking>xml</recordPacking>
      <recordData>
        <srw_dc:dc>
          <dc:title><xsl:value-of select="@title"/></dc:title>
          <dc:identifier><xsl:value-of select="/page/@base"/>/page/<xsl:value-of select="@page"/></dc:identifier>
          <dc:source><xsl:value-of select="/page/@base"/>/volume/<xsl:value-of select="@volume"/></dc:source>
          <dc:description><xsl:value-of select="."/></dc:description>
          <xsl:if test="@year"><dc:date><xsl:value-of select="@year"/></dc:date></xsl:if>
          <dc:type>Text</dc:type>
          <dc:language>bg</dc:language>
        </srw_dc:dc>
      </recordData>
      <recordPosition><xsl:value-of select="@position"/></recordPosition>
    </record>
  </xsl:template>

  <xsl:template name="diagnostics">
    <xsl:if test="problem">
      <diagnostics>
        <xsl:for-each select="problem">
          <diag:diagnostic>
            <diag:uri>info:srw/diagnostic/1/<xsl:value-of select="@number"/></diag:uri>
            <diag:details><xsl:value-of select="@detail"/></diag:details>
            <diag:message><xsl:value-of select="."/></diag:message>
          </diag:diagnostic>
        </xsl:for-each>
      </diagnostics>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
